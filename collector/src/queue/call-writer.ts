import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadlineError } from '../errors.ts';
import { freeBytes } from '../free-bytes.ts';
import type { DecodedEntry } from '../model/decode-entry.ts';
import type { PlainRequest } from '../model/plain-request.ts';
import { type IndexedRecord, isLog, isSpan } from '../model/record.ts';
import { recordIdsOf } from '../storage/missing-records.ts';
import { RefusedRecordsError } from '../storage/refused-records.ts';
import type { Storage } from '../storage/storage.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DeliveryWatch } from './delivery-watch.ts';
import type { DurableLog, LogFrame } from './log/durable-log.ts';
import { comparePlaces, type LogPlace } from './log/log-place.ts';

/** Between tries while the storage is away: soon at first, then seldom enough not to hammer it. */
const FIRST_RETRY_MILLIS = 100;
export const MAX_RETRY_MILLIS = 5_000;
/** A fault that is not "away" may pass too; what fails so often is taken apart until the one record that is refused stands alone. */
const FAULTS_BEFORE_SPLIT = 3;
/** Longer than a busy storage takes for one call, what it does again of it by itself included. A call that hangs fails after a minute only. */
const UNANSWERED_MILLIS = 15_000;

/** Records of one tenant and signal that are written together. */
export interface Call {
  readonly tenant: string;
  readonly signal: 'logs' | 'traces';
  readonly records: readonly IndexedRecord[];
  /** More records, which need not be decoded. */
  readonly requests: readonly PlainRequest[];
  /** Of the requests, in the log. */
  readonly places: readonly LogPlace[];
  /** Some may be in the storage: an earlier process had them, or a call with them failed. */
  readonly mayRepeat: boolean;
  /** Some are of requests that another collector may have too. */
  readonly isKeyed: boolean;
  /** The requests are decoded all the same: the storage refuses one of their records. */
  readonly decodes?: true;
}

export interface CallWriterOptions {
  readonly log: Pick<DurableLog, 'read'>;
  readonly storage: Pick<Storage, 'writeLogs' | 'writeSpans' | 'writeRequests' | 'hasten'>;
  readonly deadLetters: DeadLetters;
  /** Undefined for what cannot be decoded any more, which is set aside. */
  readonly decode: (frame: LogFrame) => Promise<DecodedEntry | undefined>;
  /** Told of each call that ended well. */
  readonly watch: Pick<DeliveryWatch, 'noteBack'>;
  /** Told why one waits for the storage, or for the log. */
  readonly onAway: (error: unknown) => void;
  /** Told of each record that the storage refused for good. */
  readonly onRefused: (error: unknown) => void;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
}

/** Makes calls of the storage until they end well: again while it is away, in parts where it refuses some of them. */
export class CallWriter {
  readonly #options: CallWriterOptions;

  constructor(options: CallWriterOptions) {
    this.#options = options;
  }

  /** Resolves when every record is in the storage or among the dead letters; rejects only when told to stop. */
  async write(given: Call, isPart = false): Promise<void> {
    const { storage, signal, watch } = this.#options;
    let faults = 0;
    let call = given;
    for (let retryMillis = FIRST_RETRY_MILLIS; ; retryMillis = Math.min(retryMillis * 2, MAX_RETRY_MILLIS)) {
      signal.throwIfAborted();
      try {
        call = await this.#withBodies(call);
        if (call.decodes) call = decoded(call);
        const stored = this.#store(call);
        // Behind it wait the other parts of a call, each for the one before: none comes that could go with it.
        if (isPart) storage.hasten();
        await this.#tellUnanswered(stored);
        watch.noteBack();
        for (const { wire } of call.requests) freeBytes(wire.body);
        return;
      } catch (error) {
        signal.throwIfAborted();
        // A storage that failed, or whose answer got lost, may have written all the same.
        call = { ...call, mayRepeat: true };
        const isAway = error instanceof ThreadlineError && error.retryAfterMillis !== undefined;
        if (isAway || (error instanceof ThreadlineError && error.code === 'storage_unavailable')) this.#options.onAway(error);
        else if (++faults >= FAULTS_BEFORE_SPLIT) {
          if (!(error instanceof RefusedRecordsError) || !isOfSome(call, error)) return this.#takeApart(call, error);
          call = await this.#putAside(await this.#withBodies(call), error);
          faults = 0;
          continue;
        }
        await sleep(retryMillis * (0.5 + Math.random() / 2), undefined, { signal });
      }
    }
  }

  /** Records wait for a storage that hangs as for one that is away: it is told before the call fails. */
  async #tellUnanswered(stored: Promise<void>): Promise<void> {
    const message = `the storage has not answered a write for ${UNANSWERED_MILLIS / 1_000} seconds`;
    const timer = setTimeout(() => this.#options.onAway(new ThreadlineError('storage_unavailable', message)), UNANSWERED_MILLIS);
    try {
      await stored;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The call with all bodies of its requests: a storage that failed may have taken them with it, and they are read from the log again. */
  async #withBodies(call: Call): Promise<Call> {
    if (call.requests.every(hasBody)) return call;
    const records = [...call.records];
    const requests: PlainRequest[] = [];
    const places: LogPlace[] = [];
    for (const [index, place] of call.places.entries()) {
      let request = call.requests[index];
      if (!request || !hasBody(request)) {
        const again = await this.#readAgain(place);
        request = again?.plain;
        for (const record of again?.batch?.records ?? []) records.push(record);
      }
      if (!request) continue;
      requests.push(request);
      places.push(place);
    }
    return { ...call, records, requests, places };
  }

  /** Undefined for what is damaged by now: whoever reads it sets it aside. */
  async #readAgain(place: LogPlace): Promise<DecodedEntry | undefined> {
    const { log, decode } = this.#options;
    try {
      const frame = await log.read(place);
      return frame && comparePlaces(frame.place, place) === 0 ? await decode(frame) : undefined;
    } catch (cause) {
      throw new ThreadlineError('storage_unavailable', 'the log cannot be read now', { cause });
    }
  }

  /** The call without the records that the storage names, which go to the dead letters; nothing is tried record by record, so that many of them hold up no others. */
  async #putAside(call: Call, { reasons }: RefusedRecordsError): Promise<Call> {
    const rest = { records: [] as IndexedRecord[], requests: [] as PlainRequest[], places: [] as LogPlace[] };
    const refused: IndexedRecord[] = [];
    const sort = (record: IndexedRecord) => (reasons.has(record.id) ? refused : rest.records).push(record);
    call.records.forEach(sort);
    for (const [index, request] of call.requests.entries()) {
      const place = call.places[index];
      if (place === undefined || recordIdsOf(request).some((id) => reasons.has(id))) request.records().forEach(sort);
      else {
        rest.requests.push(request);
        rest.places.push(place);
      }
    }
    for (const record of refused) {
      const fault = new ThreadlineError('internal', reasons.get(record.id) ?? '');
      this.#options.onRefused(fault);
      await this.#options.deadLetters.add(call.tenant, record, fault);
    }
    return { ...call, ...rest, mayRepeat: true };
  }

  /** Halves, again and again, by requests and then by records, until the one record that is refused stands alone. */
  async #takeApart(call: Call, error: unknown): Promise<void> {
    const { records, requests, places } = call;
    const [first] = records;
    if (records.length === 1 && first && requests.length === 0) {
      this.#options.onRefused(error);
      await this.#options.deadLetters.add(call.tenant, first, error);
      return;
    }
    const parts: Partial<Call>[] = [];
    if (requests.length === 0) {
      const middle = records.length >> 1;
      parts.push({ records: records.slice(0, middle) }, { records: records.slice(middle) });
    } else if (requests.length === 1 && records.length === 0) parts.push({ decodes: true });
    else {
      const middle = (requests.length + 1) >> 1;
      parts.push({ records: [], requests: requests.slice(0, middle), places: places.slice(0, middle) });
      parts.push({ records, requests: requests.slice(middle), places: places.slice(middle) });
    }
    for (const part of parts) await this.write({ ...call, ...part, mayRepeat: true }, true);
  }

  async #store(call: Call): Promise<void> {
    const { storage } = this.#options;
    const { tenant, signal, records, requests, mayRepeat, isKeyed } = storage.writeRequests ? call : decoded(call);
    const options = { mayRepeat, isKeyed, signal: this.#options.signal };
    const written: Promise<void>[] = [];
    if (requests.length > 0 && storage.writeRequests) written.push(storage.writeRequests(tenant, requests, options));
    if (records.length > 0 && signal === 'logs') written.push(storage.writeLogs(tenant, records.filter(isLog), options));
    if (records.length > 0 && signal === 'traces') written.push(storage.writeSpans(tenant, records.filter(isSpan), options));
    // All have ended before any is tried again.
    for (const outcome of await Promise.allSettled(written)) if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/**
 * Others of the call were taken. Where none was, the fault is hardly the records', as that of a pipeline which is gone: taken apart, they go to the dead letters, which
 * keep so many, a few a second, and most still wait in the log when somebody sees to it.
 */
function isOfSome({ records, requests }: Call, { reasons }: RefusedRecordsError): boolean {
  return reasons.size < requests.reduce((sum, { wire }) => sum + wire.recordCount, records.length);
}

/** The call with all of its records as objects. */
function decoded(call: Call): Call {
  return call.requests.length === 0
    ? call
    : { ...call, records: [...call.records, ...call.requests.flatMap((request) => request.records())], requests: [], places: [] };
}

function hasBody({ wire }: PlainRequest): boolean {
  return wire.body.length > 0;
}
