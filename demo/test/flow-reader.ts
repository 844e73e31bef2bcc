import { setTimeout as delay } from 'node:timers/promises';

/** From a request to its last log in the storage, on a machine that does other things too. */
const FLOW_TIMEOUT_MILLIS = 30_000;
const POLL_MILLIS = 200;

interface KeyValue {
  readonly key: string;
  readonly value?: { readonly stringValue?: string; readonly intValue?: string };
}

interface Stored {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: readonly KeyValue[];
  readonly resource: { readonly attributes: readonly KeyValue[] };
}

/** The fields of the API's span that these tests look at. */
export interface FlowSpan extends Stored {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
}

export interface FlowLog extends Stored {
  readonly timeUnixNano: string;
  readonly severityNumber?: number;
  readonly body?: { readonly stringValue?: string };
}

interface UnfinishedSpan {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly service: string;
}

interface DropReport {
  readonly service: string;
  readonly signal: string;
  readonly reason: string;
  readonly count: number;
}

/** A place at which the thread is lost. */
interface FlowBreak {
  readonly cause: string;
  readonly from: { readonly service: string };
  readonly to: { readonly service: string };
}

export interface Flow {
  readonly summary: {
    readonly correlationId: string;
    readonly spanCount: number;
    readonly logCount: number;
    readonly traces: readonly { readonly traceId: string }[];
    readonly services: readonly { readonly name: string }[];
    readonly complete: boolean;
    readonly missing: readonly unknown[];
  };
  readonly spans: readonly FlowSpan[];
  readonly logs: readonly FlowLog[];
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  readonly breaks: readonly FlowBreak[];
  readonly unseen: readonly { readonly service: string; readonly libraries: readonly string[] }[];
  readonly nextCursor?: string;
}

/** Reads the flow until it is as expected or the time is up; then as it was last, for the test to say what is wrong with it. */
export async function readFlow(apiUrl: string, correlationId: string, isWhole: (flow: Flow) => boolean): Promise<Flow> {
  const deadline = performance.now() + FLOW_TIMEOUT_MILLIS;
  for (;;) {
    const response = await fetch(`${apiUrl}/api/v1/flows/${encodeURIComponent(correlationId)}?limit=1000`);
    const text = await response.text();
    if (response.status === 200) {
      const flow: Flow = JSON.parse(text);
      if (isWhole(flow) || performance.now() > deadline) return flow;
    } else if (response.status !== 404 || performance.now() > deadline) {
      throw new Error(`the flow ${correlationId} is answered with ${response.status}: ${text}`);
    }
    await delay(POLL_MILLIS);
  }
}

export function serviceOf(record: Stored): string | undefined {
  return attribute({ attributes: record.resource.attributes }, 'service.name');
}

/** A string or integer attribute, as text. */
export function attribute(record: { readonly attributes: readonly KeyValue[] }, key: string): string | undefined {
  const value = record.attributes.find((candidate) => candidate.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}

export function textOf(log: FlowLog): string {
  return log.body?.stringValue ?? '';
}
