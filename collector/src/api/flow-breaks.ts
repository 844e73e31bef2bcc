import type { UnseenReason } from './threadline-events.ts';

/** Why the thread of a flow breaks at a place. */
export const BREAK_CAUSES = [
  /** The call arrived without trace and id, and nothing suggests that they were sent. */
  'no_header',
  /** They were sent, or something stood on the way, and they did not arrive. */
  'header_dropped',
  /** The receiver has the correlation ID, and began another trace. */
  'trace_dropped',
  /** The receiver is in the trace, and has another correlation ID. */
  'id_not_sent',
  /** The receiver does not believe its caller: it began a trace of its own that links to the call. */
  'not_trusted',
  'sampled_out',
  /** What was called, or what called, sends no spans. */
  'not_instrumented',
  /** A library was there before the SDK, which does not follow it. */
  'loaded_before_sdk',
  /** A library that the SDK does not follow: it is part of a bundle, or of a version that was not tried. */
  'library_not_followed',
  /** A sender lost spans and reports it. */
  'sdk_dropped',
  /** The collector, or what is before it, took them not, as the sender reports. */
  'refused',
  /** A service writes records with the ID and takes part in no trace. */
  'id_without_trace',
  /** A service makes spans, and they are not here. */
  'spans_not_sent',
  /** Nobody has taken the message yet, though others of its queue are taken. */
  'message_waiting',
  /** The message was taken without what it was sent with. */
  'message_context_lost',
] as const;
export type BreakCause = (typeof BREAK_CAUSES)[number];

/** What speaks for a cause. The values of each fact are named in `BREAK_FACT_VALUES`. */
export const BREAK_FACT_VALUES = {
  /** A call of the flow that nothing continues. `status` is empty where there was none. */
  call: ['service', 'target', 'name', 'status'],
  /** The message of the flow that nothing continues. */
  message: ['service', 'destination', 'name'],
  /** A request that was served at the time of the call, without a parent. */
  receiver: ['service', 'name', 'traceId'],
  /** The same, where more than one request could be the call. */
  receivers: ['service', 'name', 'count'],
  receiver_has_id: ['service'],
  receiver_has_other_id: ['service', 'correlationId'],
  receiver_links: ['service'],
  /** The request was passed on: it came from `peer`, which is not who asked. */
  passed_on: ['service', 'client', 'peer'],
  /** It was addressed to `target` and arrived at `address`. */
  other_address: ['target', 'address'],
  /** A service without spans here wrote a record with the ID at that time. */
  on_the_way: ['service'],
  /** What made the call's span sends trace context with each call. */
  caller_sends: ['service', 'scope'],
  /** By the caller's own settings, nothing is sent to that host. */
  caller_withholds: ['service', 'target'],
  /** Nothing is known to send trace context with such a call. */
  caller_unknown: ['service'],
  /** Of calls to the same address before, so many were continued by a service. */
  address_answers: ['target', 'service', 'followed', 'calls'],
  address_silent: ['target', 'calls'],
  /** Consumers of a queue or topic, in the hour around. */
  destination_answers: ['destination', 'service', 'taken'],
  /** The same, where all of them were taken before the message was sent; `at`: the last of them, in Unix nanoseconds. */
  destination_stopped: ['destination', 'service', 'taken', 'at'],
  destination_silent: ['destination'],
  /** A consumer took a message of the queue without a parent and a link. */
  consumer_without_context: ['service', 'destination', 'traceId'],
  /** The same, where more than one could be what was sent. */
  consumers_without_context: ['service', 'destination', 'count'],
  /** Of what a service was asked in the time around, so much had such a request or message come with it; `apart`: how many came without. */
  arrives_with: ['service', 'name', 'times', 'of', 'apart'],
  same_message: ['messageId'],
  unsampled_records: ['service', 'count'],
  partly_sampled: ['service', 'part'],
  library: ['service', 'libraries'],
  drop: ['service', 'signal', 'count', 'reason'],
  traceless_records: ['service', 'count'],
  /** Records in a span that is not here. */
  records_of_absent_span: ['service', 'spanId', 'count'],
  /** A span names a parent that is not here. */
  absent_parent: ['service', 'name', 'spanId'],
  /** Who asked, as the first span of the flow saw it. */
  caller: ['service', 'client', 'agent'],
} as const;
export type BreakFact = keyof typeof BREAK_FACT_VALUES;

export interface BreakEvidence {
  fact: BreakFact;
  values: Record<string, string>;
}

/** A service, or what stands for one: an address, a queue. Both empty where nothing is known. */
export interface HopEnd {
  service: string;
  address: string;
}

/** A place at which a flow is not followed from one service to the next. */
export interface FlowBreak {
  cause: BreakCause;
  /** `certain`: the evidence says so; `likely`: it is what fits best. */
  certainty: 'certain' | 'likely';
  from: HopEnd;
  to: HopEnd;
  /** The span of the flow after or before which the thread breaks; absent where only records are left. */
  anchor?: { traceId: string; spanId: string; side: 'after' | 'before' };
  /** Unix nanoseconds, decimal: where on the axis it is. */
  timeUnixNano: string;
  /** Where it goes on outside of the flow. */
  continuesIn?: { traceId: string; correlationId: string };
  /** Alike breaks of the same hop, this one included. */
  count: number;
  /** At least one. */
  evidence: BreakEvidence[];
}

/** What a service of the flow does not follow, where nothing shows that it lost the thread: what the service did through it may not be here. */
export interface BlindSpot {
  service: string;
  /** Names of packages, sorted. */
  libraries: string[];
  reason: UnseenReason;
}
