import type { DropReport, TraceSummary, UnfinishedSpan } from './answers.ts';
import type { AnyValue } from './otlp-json.ts';
import type { Span } from './records.ts';

/**
 * The lines of `GET /api/v1/traces/{traceId}/columns`: what a waterfall draws of a trace, in columns, so that a hundred thousand spans cost
 * arrays and not objects. First the head, then spans, then logs, then the end; without an end the answer was cut.
 *
 * Times are nanoseconds since the head's `startTimeUnixNano`, as numbers. Ids stand one after the other in one text, 16 hexadecimal digits each;
 * zeros are no id. A name, service or target is its place in all the `newNames`, `newServices` and `newTargets` so far.
 */
export type TraceColumnsLine = TraceHeadLine | TraceSpansLine | TraceLogsLine | TraceEndLine;

export interface TraceHeadLine {
  type: 'head';
  summary: TraceSummary;
  /** Where its first span is from (`deployment.environment.name`); absent where that does not say. */
  environment?: string;
  unfinished: UnfinishedSpan[];
  drops: DropReport[];
  warnings: string[];
}

export interface TraceSpansLine {
  type: 'spans';
  /** By start, then id, over all lines. */
  ids: string;
  parents: string;
  starts: number[];
  durations: number[];
  newNames: string[];
  names: number[];
  newServices: string[];
  services: number[];
  /** What a span calls or sends to, as far as its name does not say it: `api.example.com/v2/charge`, `postgresql shop`; empty where it says nothing of it. */
  newTargets: string[];
  targets: number[];
  /** One digit each. */
  kinds: string;
  statuses: string;
  /** Events and links by the place of their span in this line. */
  events: { span: number; time: number; name: string }[];
  links: { span: number; traceId: string; spanId: string }[];
  /** Spans whose sender left out attributes, events or links. */
  dropped: { span: number; attributes: number; events: number; links: number }[];
  /** Spans that end before they start, by how much; 0 where no end was sent. Their duration is 0. */
  early: { span: number; nanos: number }[];
}

export interface TraceLogsLine {
  type: 'logs';
  /** By time, over all lines. */
  ids: string[];
  spans: string;
  times: number[];
  /** Places in `LEVEL_NAMES`. */
  levels: number[];
  newServices: string[];
  services: number[];
  /** At most about 400 characters of each. */
  bodies: AnyValue[];
}

export interface TraceEndLine {
  type: 'end';
  spanCount: number;
  logCount: number;
  /** Spans that spans of other traces link to, and how many do: of the first 1,000 that link into the trace. */
  linkedFrom: { spanId: string; count: number }[];
}

/** A span at the other end of a link. */
export interface LinkedSpan {
  traceId: string;
  spanId: string;
  service: string;
  name: string;
  startTimeUnixNano: string;
}

/** One span of a trace, and the spans that it links to or that link to it, of this and other traces. */
export interface TraceSpanAnswer {
  span: Span;
  /** Other spans of the trace with the same id, by start, at most 9: a call's client and server may share one. Absent where there is none. */
  sameId?: Span[];
  /** By start, at most 100. */
  linkedFrom: LinkedSpan[];
  /** Of the first 100 that it or one of its id links to those that are kept here, by start. */
  linkedTo: LinkedSpan[];
}
