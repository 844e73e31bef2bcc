import type { OtlpLogRecord } from '../../api/index.ts';
import { encodeLogs } from '../../otlp/testing/reference-encoder.ts';

/** A request in protobuf of logs that have a message and the time 1, and nothing else. */
export function logsBody(messages: readonly string[]): Buffer {
  return recordsBody(
    messages.map((stringValue) => ({ timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], body: { stringValue } })),
  );
}

/** A request in protobuf of these logs, of no resource and scope. */
export function recordsBody(records: OtlpLogRecord[]): Buffer {
  return encodeLogs([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records }] }], 'protobuf');
}
