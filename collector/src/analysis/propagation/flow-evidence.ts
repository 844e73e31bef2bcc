import type { DropReport, LogRecord, MissingSpan, Span, UnfinishedSpan, UnseenReason } from '../../api/index.ts';

/** Libraries that a process knows and does not follow. */
export interface UnseenLibraries {
  readonly service: string;
  /** Empty where the sender does not say. */
  readonly instance: string;
  readonly libraries: readonly string[];
  readonly reason: UnseenReason;
}

/** What came to other processes about the time in which one worked that sends by a library which is not followed. */
export interface UnfollowedSends {
  readonly report: UnseenLibraries;
  /** What the process was asked in the time around, by this flow and others. */
  readonly work: readonly Span[];
  /** Requests and messages of the same time that name no cause, of the systems that its libraries speak. */
  readonly arrivals: readonly Span[];
}

/** How calls to an address went in the hour before. */
export interface AddressHistory {
  readonly calls: number;
  /** Of these, those that a span of another service continued. */
  readonly followed: number;
  /** Who continued them; empty where nobody did. */
  readonly service: string;
}

/** All that is known when a flow is looked through for breaks. */
export interface FlowEvidence {
  readonly correlationId: string;
  /** The flow's own spans, and those that links joined. */
  readonly own: readonly Span[];
  readonly joined: readonly Span[];
  /** Of the flow, as many as were looked at. */
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  readonly missing: readonly MissingSpan[];
  /** Spans of other flows whose parent is a span of this one. */
  readonly children: readonly Span[];
  /** Requests without a parent and takers of messages, of other flows, around the time of calls and messages that nothing continues. */
  readonly candidates: readonly Span[];
  /** Names (`spanName`) of spans that records name and the storage has, of any flow. */
  readonly knownSpans: ReadonlySet<string>;
  /** The kinds of calls (`kindOfCall`) that were looked into; undefined where all were. */
  readonly lookedInto?: ReadonlySet<string>;
  /** By `targetOf` of a call. */
  readonly addresses: ReadonlyMap<string, AddressHistory>;
  /** Of the flow's services. */
  readonly libraries: readonly UnseenLibraries[];
  /** Of those of the flow's processes near whose work something came that names no cause. */
  readonly sends: readonly UnfollowedSends[];
  readonly nowNanos: bigint;
}
