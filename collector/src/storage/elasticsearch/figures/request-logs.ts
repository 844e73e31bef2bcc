import { levelOfRecord } from '@threadline/query-language';
import type { PlainRequest } from '../../../model/plain-request.ts';
import type { IndexedLog } from '../../../model/record.ts';
import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { WireLog } from '../../../otlp/wire-log.ts';
import { sourceOfResource } from '../../figures/countable-span.ts';
import { ERROR_LEVELS } from '../../figures/error-levels.ts';
import type { CountedLogs, SpanSource } from '../../figures/figure-counter.ts';
import { MinuteReader } from './minute-reader.ts';

const NANOS_A_MINUTE = 60_000_000_000n;
const NO_DURATIONS = { buckets: [], counts: [] };
/** More are not looked through. */
const MAX_SEVERITIES = 16;

interface Severity {
  readonly number: number;
  readonly text: Buffer;
  readonly isError: boolean;
}

/** What is counted of a log record. */
interface CountedLog {
  readonly minute: number;
  readonly isError: boolean;
}

const ERRORS: ReadonlySet<IndexedLog['level']> = new Set(ERROR_LEVELS);

/** One log record of a minute. */
export function countedLog(log: IndexedLog): CountedLogs {
  const { minute, isError } = partsOf(log);
  return countedLogs(minute, 1, isError ? 1 : 0);
}

/** The log records of requests as figures count them, read from the requests' bytes without an object for each. The same as `countedLog` makes of each. */
export class RequestLogs {
  readonly #log = new WireLog();
  readonly #minute = new MinuteReader();
  readonly #severities: Severity[] = [];

  /** Calls for each source and minute with how many of the request's records there are whose place in it `isWanted`. */
  visit(
    tenant: string,
    request: PlainRequest,
    { isWanted, visit }: { readonly isWanted: (index: number) => boolean; readonly visit: (source: SpanSource, logs: CountedLogs) => void },
  ): void {
    let index = -1;
    for (const group of request.wire.groups) {
      const source = sourceOfResource(tenant, group.resource);
      const minutes = new Map<number, { count: number; errors: number }>();
      for (let at = 0; at < group.places.length; at += 2) {
        index += 1;
        if (!isWanted(index)) continue;
        const [start = 0, end = 0] = [group.places[at], group.places[at + 1]];
        const read = this.#read(request, start, end) ?? partsOfDecoded(request.log(group, index, start, end));
        if (!read) continue;
        const known = minutes.get(read.minute) ?? { count: 0, errors: 0 };
        minutes.set(read.minute, known);
        known.count += 1;
        if (read.isError) known.errors += 1;
      }
      for (const [minute, { count, errors }] of minutes) visit(source, countedLogs(minute, count, errors));
    }
  }

  /** Undefined for a record of another form than nearly all have. */
  #read({ wire: { body }, arrivalNanos }: PlainRequest, start: number, end: number): CountedLog | undefined {
    const log = this.#log;
    if (!log.read(body, start, end)) return undefined;
    return { minute: this.#minuteOf(log, arrivalNanos), isError: this.#isError(body, log) };
  }

  /** Of the record's own time, else the observed, else the arrival. */
  #minuteOf({ timeLow, timeHigh, observedLow, observedHigh }: WireLog, arrivalNanos: bigint): number {
    if (timeLow !== 0 || timeHigh !== 0) return this.#minute.read(timeHigh, timeLow);
    if (observedLow !== 0 || observedHigh !== 0) return this.#minute.read(observedHigh, observedLow);
    return Number(arrivalNanos / NANOS_A_MINUTE);
  }

  #isError(body: Buffer, { severityNumber, severityTextStart: start, severityTextEnd: end }: WireLog): boolean {
    for (const { number, text, isError } of this.#severities)
      if (number === severityNumber && isSameBytes(text, body, start, end)) return isError;
    const text = Buffer.from(body.subarray(start, end));
    const isError = ERRORS.has(levelOfRecord(severityNumber, text.toString('utf8')));
    if (this.#severities.length === MAX_SEVERITIES) this.#severities.shift();
    this.#severities.push({ number: severityNumber, text, isError });
    return isError;
  }
}

function partsOfDecoded(log: IndexedLog | undefined): CountedLog | undefined {
  return log && partsOf(log);
}

function partsOf({ timeNanos, level }: IndexedLog): CountedLog {
  return { minute: Number(timeNanos / NANOS_A_MINUTE), isError: ERRORS.has(level) };
}

function countedLogs(minute: number, count: number, errors: number): CountedLogs {
  return { minute, counts: { spans: count, count, errors, durations: NO_DURATIONS } };
}
