import { randomBytes } from 'node:crypto';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { type IndexedRecord, isSpan } from '../../../model/record.ts';
import { countableSpan, sourceOfResource } from '../../figures/countable-span.ts';
import { type CountedLogs, CountedSpans, FigureCounter, type SpanSource } from '../../figures/figure-counter.ts';
import type { FigureSet } from '../../figures/figure-set.ts';
import type { CausingSpan, WaitingSpan } from '../../figures/waiting-span.ts';
import { isForbidden, RequestRefusedError } from '../connection.ts';
import { type FigureDocument, type FigureState, figuresIndexOf, openBatch, timesOf } from './figure-document.ts';
import type { DocumentVersion, FigureStore } from './figure-store.ts';
import type { FigureTimes } from './figure-times.ts';
import { countedLog, RequestLogs } from './request-logs.ts';
import { RequestSpans } from './request-spans.ts';

/** Spans of a batch that wait for a cause, of which it is known which. Others count for their service and are no call. */
export const MAX_WAITING = 50_000;
/** Spans that are known to those that come after them without a look-up. */
const HELD_SPANS = 250_000;
const NAME_BYTES = 9;
/** Whether figures of a tenant can be written is tried so often. */
const REFUSED_MILLIS = 60_000;

/** Figures that are not in a document yet. */
export interface UnwrittenFigures {
  readonly name: string;
  readonly figures: FigureSet;
  readonly waiting: readonly WaitingSpan[];
}

/** Spans and log records that this collector writes within some seconds. Each names it, so that its figures can be counted again from them. */
export class FigureBatch implements UnwrittenFigures {
  readonly name: string;
  readonly tenant: string;
  /** Before its first record was written. */
  readonly arrivedFrom: number;
  readonly openedAt: number;
  /** Of its document. */
  version: DocumentVersion;
  aliveAt: number;
  /** Calls that write records of it now. */
  writes = 0;
  /** False where a write failed or found what was there already: Elasticsearch may have taken what was not counted here. */
  isSure = true;
  readonly counted = new CountedSpans({ maxWaiting: MAX_WAITING });
  #closed: { readonly figures: FigureSet; readonly waiting: readonly WaitingSpan[] } | undefined;

  constructor({ name, arrivedFrom }: FigureDocument, opened: Pick<FigureBatch, 'tenant' | 'version' | 'openedAt'>) {
    this.name = name;
    this.arrivedFrom = arrivedFrom;
    this.tenant = opened.tenant;
    this.openedAt = opened.openedAt;
    this.aliveAt = opened.openedAt;
    this.version = opened.version;
  }

  get figures(): FigureSet {
    return this.#closed?.figures ?? this.counted.snapshot();
  }

  get waiting(): readonly WaitingSpan[] {
    return this.#closed?.waiting ?? this.counted.waitingSpans();
  }

  /** Nothing is counted any more. */
  close(): void {
    if (this.#closed) return;
    this.counted.close();
    this.counted.isOver = true;
    this.#closed = { figures: this.counted.set, waiting: this.counted.waitingSpans() };
  }
}

export interface FigureBatchesParts {
  readonly store: FigureStore;
  readonly times: FigureTimes;
  /** Counts the figures of a batch from the records that Elasticsearch has of it. */
  readonly recount: (tenant: string, name: string, signal: AbortSignal | undefined) => Promise<Omit<UnwrittenFigures, 'name'>>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told why records are in no batch. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The batches of one collector. What it counts of a batch is what Elasticsearch said that it created for it: a record that another collector wrote
 * has another batch. Where that is not known of all, the batch is counted again from its records.
 */
export class FigureBatches {
  readonly #parts: FigureBatchesParts;
  readonly #counter = new FigureCounter({ heldSpans: HELD_SPANS, heldWaiting: MAX_WAITING });
  readonly #requestLogs = new RequestLogs();
  readonly #requestSpans = new RequestSpans();
  readonly #current = new Map<string, Promise<FigureBatch>>();
  readonly #batches = new Set<FigureBatch>();
  readonly #refusedUntil = new Map<string, number>();

  constructor(parts: FigureBatchesParts) {
    this.#parts = parts;
  }

  /** What documents do not have yet. */
  unwritten(tenant: string): FigureBatch[] {
    return [...this.#batches].filter((batch) => batch.tenant === tenant);
  }

  isUnwritten(batch: FigureBatch): boolean {
    return this.#batches.has(batch);
  }

  /** Who those are of that spans wait for, as far as this collector wrote them a short while ago: they need not be visible in Elasticsearch yet. */
  causesOf(tenant: string, waiting: readonly WaitingSpan[]): Map<string, CausingSpan> {
    const causes = new Map<string, CausingSpan>();
    for (const name of waiting.flatMap((span) => span.causes)) {
      const cause = this.#counter.causeOf(tenant, name);
      if (cause) causes.set(name, cause);
    }
    return causes;
  }

  /**
   * The batch of records that are written now. To be given back by `end`. Elasticsearch knows of it. Undefined where the collector may not write figures, as with
   * privileges of an earlier version, or where Elasticsearch refuses them, as it has no room for their index: records come before them, and are counted when
   * somebody asks.
   */
  async begin(tenant: string, signal: AbortSignal | undefined): Promise<FigureBatch | undefined> {
    if (this.#parts.now() < (this.#refusedUntil.get(tenant) ?? 0)) return undefined;
    try {
      return await this.#begin(tenant, signal);
    } catch (error) {
      if (!isForbidden(error) && !(error instanceof RequestRefusedError)) throw error;
      this.#refusedUntil.set(tenant, this.#parts.now() + REFUSED_MILLIS);
      this.#parts.onFault(error);
      return undefined;
    }
  }

  async #begin(tenant: string, signal: AbortSignal | undefined): Promise<FigureBatch> {
    for (;;) {
      signal?.throwIfAborted();
      const opening = this.#current.get(tenant) ?? this.#open(tenant);
      const batch = await opening;
      if (this.#current.get(tenant) !== opening) continue;
      if (this.#parts.now() - batch.openedAt < this.#parts.times.batchMillis) {
        batch.writes += 1;
        return batch;
      }
      this.#current.delete(tenant);
    }
  }

  /** `isSure` where it is known of each record whether it was created. */
  end(batch: FigureBatch, isSure: boolean): void {
    batch.writes -= 1;
    if (!isSure) batch.isSure = false;
  }

  /** Counts records that were created: those of `wasCreated`, by their number in the call from `first` on. */
  countRequests(batch: FigureBatch, requests: readonly PlainRequest[], { first, count, wasCreated }: CreatedRecords): void {
    let from = 0;
    for (const request of requests) {
      const start = from;
      from += request.wire.recordCount;
      if (start >= first + count || from <= first) continue;
      const isWanted = (index: number): boolean => {
        const number = start + index - first;
        return number >= 0 && number < count && wasCreated(number);
      };
      if (request.signal === 'logs') {
        const visit = (source: SpanSource, logs: CountedLogs) => this.#counter.addLogs(source, logs, batch.counted);
        this.#requestLogs.visit(batch.tenant, request, { isWanted, visit });
      } else this.#requestSpans.visit(batch.tenant, request, { isWanted, visit: (span) => this.#counter.add(span, batch.counted) });
    }
  }

  /** As `countRequests`. */
  countRecords(batch: FigureBatch, records: readonly IndexedRecord[], { first, count, wasCreated }: CreatedRecords): void {
    for (let number = count - 1; number >= 0; number -= 1) {
      const record = records[first + number];
      if (!record || !wasCreated(number)) continue;
      if (isSpan(record)) this.#counter.add(countableSpan(batch.tenant, record), batch.counted);
      else this.#counter.addLogs(sourceOfResource(batch.tenant, record.record.resource), countedLog(record), batch.counted);
    }
  }

  /** Writes the documents of batches that take no more records; with `all`, of all that nothing is written of now. */
  async closeDue(signal: AbortSignal | undefined, { all = false } = {}): Promise<void> {
    const { now, times } = this.#parts;
    for (const batch of this.#batches) {
      const isDue = all || now() - batch.openedAt >= times.batchMillis;
      if (isDue && batch.writes === 0) {
        const current = await this.#current.get(batch.tenant)?.catch(() => undefined);
        if (current === batch) this.#current.delete(batch.tenant);
        // One that began to write meanwhile has its time.
        if (batch.writes === 0) await this.#close(batch, signal);
      } else if (now() - batch.aliveAt >= times.aliveMillis) await this.#sayAlive(batch, signal);
    }
  }

  #open(tenant: string): Promise<FigureBatch> {
    const { store, now } = this.#parts;
    const document = openBatch(randomName(), now());
    const opening = (async () => {
      const version = await store.put({ index: figuresIndexOf(tenant), id: document.name }, document, {});
      if (!version) throw new Error('a random name that is taken');
      const batch = new FigureBatch(document, { tenant, version, openedAt: now() });
      this.#batches.add(batch);
      return batch;
    })();
    this.#current.set(tenant, opening);
    opening.catch(() => {
      if (this.#current.get(tenant) === opening) this.#current.delete(tenant);
    });
    return opening;
  }

  async #close(batch: FigureBatch, signal: AbortSignal | undefined): Promise<void> {
    const { store, recount, now } = this.#parts;
    const { tenant, name } = batch;
    batch.close();
    const { figures, waiting } = batch.isSure ? batch : await recount(tenant, name, signal);
    const index = figuresIndexOf(tenant);
    const document = closedBatch({ name, figures, waiting }, { arrivedFrom: batch.arrivedFrom, arrivedTo: now() });
    // Where somebody took it over, as this process stood still, it is counted from its records there.
    await store.put({ index, id: name }, document, { replaces: batch.version, signal });
    this.#batches.delete(batch);
  }

  async #sayAlive(batch: FigureBatch, signal: AbortSignal | undefined): Promise<void> {
    const { store, now } = this.#parts;
    const document = { ...openBatch(batch.name, batch.arrivedFrom), arrivedTo: now() };
    const version = await store.put({ index: figuresIndexOf(batch.tenant), id: batch.name }, document, { replaces: batch.version, signal });
    batch.aliveAt = document.arrivedTo;
    if (version) batch.version = version;
  }
}

/** That nothing else has. */
export function randomName(): string {
  return randomBytes(NAME_BYTES).toString('base64url');
}

/** Which records of a call were created. */
export interface CreatedRecords {
  readonly first: number;
  readonly count: number;
  /** By the number from `first` on. */
  readonly wasCreated: (number: number) => boolean;
}

/** The document of a batch whose records are all written. */
export function closedBatch(
  { name, figures, waiting }: UnwrittenFigures,
  { arrivedFrom, arrivedTo }: { readonly arrivedFrom: number; readonly arrivedTo: number },
): FigureDocument {
  const state: FigureState = waiting.length === 0 ? 'final' : 'closed';
  return { ...openBatch(name, arrivedFrom), state, arrivedTo, ...timesOf(figures), figures: figures.stored(), waiting };
}
