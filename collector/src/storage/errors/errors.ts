import type { ErrorOrder } from '../../api/index.ts';
import type { TemplateText } from '../patterns/template-text.ts';
import type { PartialRead, TimeRange } from '../storage.ts';

/** The fingerprint of all that is beyond the bound of a service's groups. */
export const OTHER_ERRORS = 'other';
/** Groups of one service that are kept apart. */
export const MAX_ERROR_GROUPS = 1_000;
/** Operations, versions and examples that are told of a group. */
export const MAX_ERROR_OPERATIONS = 20;
export const MAX_ERROR_VERSIONS = 50;
export const MAX_ERROR_EXAMPLES = 10;

export interface ErrorsRequest {
  readonly range: Required<TimeRange>;
  /** As of a `HistogramRequest`. */
  readonly widthNanos: bigint;
  /** Only those of the service. */
  readonly service?: string;
  /** Only what says that it is from there, where it is empty what does not say: its first and last times and versions are of there too. */
  readonly environment?: string | undefined;
  /** Only this one of each service, also where nothing of it is in the range. */
  readonly fingerprint?: string;
  readonly order: ErrorOrder;
  readonly limit: number;
}

/** What records have of one error, and one service. */
export interface ErrorGroup {
  readonly service: string;
  /** `OTHER_ERRORS` of those beyond the bound, which have no type and template. */
  readonly fingerprint: string;
  readonly type: string;
  /** Of the newest one's message; empty where it has none. */
  readonly template: TemplateText;
  /**
   * In the range. A span that says it by its event and a log of that span are one error, at the time of the span's start; each further log of the
   * span is one more. Whatever a span says several times is one.
   */
  readonly count: number;
  /** Only those that are not zero, in no order. */
  readonly buckets: readonly { readonly bucket: bigint; readonly count: number }[];
  /** Of all that is kept, whatever the range. */
  readonly firstNanos: bigint;
  readonly lastNanos: bigint;
  /** As `service.version` of all that is kept, the first seen first; empty where a record does not say. */
  readonly versions: readonly ErrorVersion[];
  /** Names of spans that have it, in the range, most first. */
  readonly operations: readonly { readonly name: string; readonly count: number }[];
  /** Records in the range, the newest first, of different traces. */
  readonly examples: readonly ErrorExample[];
}

export interface ErrorVersion {
  readonly version: string;
  readonly firstNanos: bigint;
  readonly lastNanos: bigint;
}

export interface ErrorExample {
  readonly timeNanos: bigint;
  readonly source: 'span' | 'log';
  /** Empty where the record has none. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface ErrorsResult {
  /** Of all groups, in the range. */
  readonly total: number;
  /** Groups that have something in the range, those beyond the bound not counted. */
  readonly groupCount: number;
  /** In the order asked for; those beyond the bound last. */
  readonly groups: readonly ErrorGroup[];
  readonly partial?: PartialRead;
}

/** Errors that found no room among the groups of their service, since the collector started. */
export interface OtherErrors {
  readonly tenant: string;
  readonly service: string;
  readonly count: number;
  /** Types of some of them. */
  readonly examples: readonly string[];
}

/** A version of a service, as its spans and logs say. */
export interface Deployment {
  /** `service.version` and `deployment.environment.name`; empty where the resource does not say. */
  readonly version: string;
  readonly environment: string;
  /** Minutes since 1970, within the range; of old data a few minutes before. */
  readonly firstMinute: number;
  readonly lastMinute: number;
  /** By when they were first seen. */
  readonly instances: readonly { readonly instance: string; readonly firstMinute: number; readonly lastMinute: number }[];
}

export interface DeploymentsResult {
  /** The newest first. */
  readonly deployments: readonly Deployment[];
  readonly partial?: PartialRead;
}
