import { encodeLogs } from '../../otlp/testing/reference-encoder.ts';

/** A request in protobuf of logs that have a message and the time 1, and nothing else. */
export function logsBody(messages: readonly string[]): Buffer {
  const records = messages.map((stringValue) => ({
    timeUnixNano: '1',
    observedTimeUnixNano: '0',
    attributes: [],
    body: { stringValue },
  }));
  return encodeLogs([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records }] }], 'protobuf');
}
