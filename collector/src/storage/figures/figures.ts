import type { TimeRange } from '../storage.ts';
import type { HistogramData } from './duration-histogram.ts';
import type { PeerType, Protocol } from './span-meaning.ts';

/** Under which all that is beyond a bound is counted together. No name of a service, an operation or a peer is made of it by a sender's wish alone. */
export const OTHER = '(other)';

/** What tells the processes of a service apart; each empty where the resource does not say. */
export interface ProcessNames {
  readonly namespace: string;
  readonly version: string;
  readonly environment: string;
  readonly instance: string;
}

/** What figures are of. */
export type FigureKey =
  /** A service's entries: spans that began what it did for somebody. */
  | { readonly type: 'service'; readonly service: string }
  /** All spans of one operation and kind. */
  | { readonly type: 'operation'; readonly service: string; readonly name: string; readonly kind: number }
  /** Spans of `service` that a span of `caller` caused, as its parent or by a link of what takes messages; the durations are the called one's. */
  | {
      readonly type: 'call';
      readonly service: string;
      readonly caller: string;
      readonly protocol: Protocol;
      /** Where the caller's span says that it calls; empty where it does not. */
      readonly host: string;
    }
  /** A service and what sends no spans: queues and topics, databases, and hosts (those of other services too). */
  | {
      readonly type: 'peer';
      readonly service: string;
      readonly peerType: PeerType;
      readonly peer: string;
      readonly protocol: Protocol;
      /** The service takes from it. */
      readonly isSource: boolean;
    }
  /** All spans of one version in one environment on one instance. */
  | ({ readonly type: 'instance'; readonly service: string } & ProcessNames)
  /** Of those the entries, but for spans that are one only because another service called them. */
  | ({ readonly type: 'entry'; readonly service: string } & ProcessNames)
  /** All log records of one version in one environment on one instance. They have no durations; those of level ERROR and above are errors. */
  | ({ readonly type: 'logs'; readonly service: string } & ProcessNames);
export type FigureType = FigureKey['type'];
/** What is of a process, and so says where that is from. */
export type ProcessKey = Extract<FigureKey, ProcessNames>;

export function isOfProcess(key: FigureKey): key is ProcessKey {
  return 'instance' in key;
}

/** What was counted. */
export interface FigureCounts {
  /** Spans that were stored. */
  readonly spans: number;
  /** What those stand for, by the sampling threshold in their trace state; equal to `spans` where nothing was sampled. */
  readonly count: number;
  /** Those of `count` whose status is error. */
  readonly errors: number;
  /** Of `count`. */
  readonly durations: HistogramData;
}

export interface Figure {
  readonly key: FigureKey;
  readonly counts: FigureCounts;
  /** Of `counts`, those of `recentFromMinute` on; of nothing where that was not asked for. */
  readonly recent: FigureCounts;
  /** Minutes since 1970 of the first and the last bucket that has something. */
  readonly firstMinute: number;
  readonly lastMinute: number;
  /** How wide its widest bucket is, minutes: what stands in a point of a narrower step may have come so much later. */
  readonly bucketMinutes: number;
  /** Of each step that has something, rising; empty where none were asked for. */
  readonly points: readonly { readonly minute: number; readonly counts: FigureCounts }[];
}

export interface FiguresRequest {
  /** A bucket counts as a whole when a part of it is in the range: a minute, or as wide as those of old data have become. */
  readonly range: TimeRange;
  readonly types: readonly FigureType[];
  /** Only those of the service; of calls both those of it and to it. */
  readonly service?: string;
  /**
   * Only those of spans that say that they are from there, empty of those that do not say: a call is where the called one is. Figures of `instance`, `entry` and `logs`,
   * whose keys say it, are told of all.
   */
  readonly environment?: string | undefined;
  /** What came from this minute since 1970 on is also told by itself. */
  readonly recentFromMinute?: number;
  /** Points of so many minutes each, for charts; absent: none. */
  readonly stepMinutes?: number;
  /** Points of these alone; absent: of all that are asked for. */
  readonly pointsOf?: readonly FigureType[];
}

export interface FiguresResult {
  /** In no order; at most 1,000 operations, 500 calls and peers and 500 instances of a service, with the rest in `(other)`. */
  readonly figures: readonly Figure[];
  /** Only spans from this time on were counted, for this reason. */
  readonly partial?: { readonly searchedFromNanos: bigint; readonly reason: string };
}
