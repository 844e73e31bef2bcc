import type { LogRecord, OtlpLogRecord, OtlpSpan, Resource, Scope, Span, Truncation } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import type { DecodedRequest } from '../otlp/decode-request.ts';
import { LIMITS } from '../otlp/limits.ts';
import { exactTextBytes } from './content-size.ts';
import { indexLog, indexSpan } from './indexed-record.ts';
import { Outcome } from './outcome.ts';
import type { IndexedLog, IndexedSpan } from './record.ts';
import type { RecordIds } from './record-ids.ts';
import { cutLog, cutResource, cutScope, cutSpan, resourceBytes, scopeBytes } from './record-limits.ts';
import { Cuts } from './value-limits.ts';

export interface NormalizeContext {
  readonly arrivalNanos: bigint;
  /** Given the place of a record in its request, counting rejected ones too, so that the same request makes the same ids. */
  readonly ids: RecordIds;
}

/** What is to be stored, and what the sender is to be told. */
export interface NormalizedBatch<R> {
  readonly records: readonly R[];
  readonly outcome: Outcome;
}

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
const ZEROS = /^0*$/;
const HEX_BYTES = /^(?:[0-9a-f]{2})*$/;

/**
 * Makes records of decoded log records: limits applied and marked, ids given. A malformed or all-zero trace or span id is left out,
 * named in `invalidIds` and counted. Takes the decoded objects over and changes them. No log record is ever rejected.
 */
export function normalizeLogs(request: DecodedRequest<OtlpLogRecord>, context: NormalizeContext): NormalizedBatch<IndexedLog> {
  const batch = new Batch(request, context, 'log record');
  const records: IndexedLog[] = [];
  batch.forEach((log, shared) => {
    const invalidIds = removeInvalidIds(log);
    if (invalidIds.length > 0) batch.outcome.warn('kept without a malformed traceId or spanId');
    const truncations = shared.cut(log, cutLog);
    batch.outcome.accept(truncations);
    const record: LogRecord = Object.assign(
      log,
      shared.stored(),
      truncations.length > 0 && { truncations },
      invalidIds.length > 0 && { invalidIds },
    );
    records.push(indexLog(record));
  });
  return { records, outcome: batch.outcome };
}

/**
 * Makes records of decoded spans. Rejected and counted: a span whose trace id or span id is malformed or all zeros, or whose parent's
 * id is malformed. A parent id of zeros is no parent. Otherwise as `normalizeLogs`.
 */
export function normalizeSpans(request: DecodedRequest<OtlpSpan>, context: NormalizeContext): NormalizedBatch<IndexedSpan> {
  const batch = new Batch(request, context, 'span');
  const records: IndexedSpan[] = [];
  batch.forEach((span, shared) => {
    const reason = rejectionOf(span);
    if (reason !== undefined) {
      batch.outcome.reject(reason);
      return;
    }
    if (span.parentSpanId !== undefined && ZEROS.test(span.parentSpanId)) delete span.parentSpanId;
    if (keepReadableLinkIds(span)) batch.outcome.warn('kept with an emptied link id that was not hex');
    const truncations = shared.cut(span, cutSpan);
    batch.outcome.accept(truncations);
    const record: Span = Object.assign(span, shared.stored(), truncations.length > 0 && { truncations });
    records.push(indexSpan(record));
  });
  return { records, outcome: batch.outcome };
}

/** What a record gets from the request around it. */
interface Shared<R> {
  stored(): { id: string; arrivalTimeUnixNano: string; resource: Resource; scope: Scope };
  /** Cuts the record; answers with the marks of it, its resource and its scope. */
  cut(record: R, cutRecord: (record: R, cuts: Cuts) => void): Truncation[];
}

class Batch<R> {
  readonly outcome: Outcome;
  readonly #request: DecodedRequest<R>;
  readonly #context: NormalizeContext;
  #sharedBytes = 0;

  constructor(request: DecodedRequest<R>, context: NormalizeContext, noun: string) {
    this.#request = request;
    this.#context = context;
    this.outcome = new Outcome(noun);
  }

  forEach(visit: (record: R, shared: Shared<R>) => void): void {
    const { cutValues, groups } = this.#request;
    const count = groups.reduce((sum, group) => group.scopes.reduce((inner, { records }) => inner + records.length, sum), 0);
    if (count > LIMITS.records) {
      throw new ThreadlineError('body_too_large', `the request holds more than ${LIMITS.records} records; send smaller batches`);
    }
    const arrivalTimeUnixNano = this.#context.arrivalNanos.toString();
    let index = 0;
    for (const { resource, scopes } of groups) {
      const resourceCuts = new Cuts(cutValues);
      cutResource(resource, resourceCuts);
      for (const { scope, records } of scopes) {
        const scopeCuts = new Cuts(cutValues);
        cutScope(scope, scopeCuts);
        this.#limitExpansion(resource, scope, records.length);
        for (const record of records) {
          const id = this.#context.ids(index++);
          visit(record, {
            stored: () => ({ id, arrivalTimeUnixNano, resource, scope }),
            cut: (cuttable, cutRecord) => {
              const cuts = new Cuts(cutValues);
              cutRecord(cuttable, cuts);
              return [...resourceCuts.marks, ...scopeCuts.marks, ...cuts.marks];
            },
          });
        }
      }
    }
  }

  #limitExpansion(resource: Resource, scope: Scope, recordCount: number): void {
    this.#sharedBytes += recordCount * (resourceBytes(resource, exactTextBytes) + scopeBytes(scope, exactTextBytes));
    if (this.#sharedBytes <= LIMITS.expandedBytes) return;
    const message = `with the resource and scope of each record the request holds more than ${LIMITS.expandedBytes} bytes; send smaller batches`;
    throw new ThreadlineError('body_too_large', message);
  }
}

function removeInvalidIds(log: OtlpLogRecord): ('traceId' | 'spanId')[] {
  const invalid: ('traceId' | 'spanId')[] = [];
  if (log.traceId !== undefined && !isId(log.traceId, TRACE_ID)) {
    delete log.traceId;
    invalid.push('traceId');
  }
  if (log.spanId !== undefined && !isId(log.spanId, SPAN_ID)) {
    delete log.spanId;
    invalid.push('spanId');
  }
  return invalid;
}

function rejectionOf(span: OtlpSpan): string | undefined {
  if (!isId(span.traceId, TRACE_ID)) return 'traceId is not 16 bytes (32 hex digits) or is all zeros';
  if (!isId(span.spanId, SPAN_ID)) return 'spanId is not 8 bytes (16 hex digits) or is all zeros';
  const parent = span.parentSpanId;
  if (parent !== undefined && !SPAN_ID.test(parent)) return 'parentSpanId is not 8 bytes (16 hex digits)';
  return undefined;
}

function isId(id: string, form: RegExp): boolean {
  return form.test(id) && !ZEROS.test(id);
}

/** Link ids stay as they were sent, of whatever length; what is no hex at all is emptied, which a link may be. */
function keepReadableLinkIds(span: OtlpSpan): boolean {
  let isEmptied = false;
  for (const link of span.links ?? []) {
    if (!HEX_BYTES.test(link.traceId)) {
      link.traceId = '';
      isEmptied = true;
    }
    if (!HEX_BYTES.test(link.spanId)) {
      link.spanId = '';
      isEmptied = true;
    }
  }
  return isEmptied;
}
