import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import type { Resource } from '../traces/span-types.ts';
import { type Batch, createBatchKey } from './batch.ts';
import type { DropReport, DropReports } from './drop-reports.ts';
import { createDropRecord } from './emit-drop.ts';
import type { ItemOptions } from './telemetry-export.ts';

/** How often what was lost is written while more is lost: a process that is killed loses the counts of this time. */
const MIN_INTERVAL_MILLIS = 1000;

export interface DropNoteOptions {
  readonly reports: DropReports;
  /** Puts it on disk, in place of the one before. */
  keep(note: Batch): void;
  /** How a log record is written. */
  items(): Pick<ItemOptions<ReadWriteLogRecord>, 'encoder' | 'prepare'>;
  resource(): Resource;
}

/** Keeps what was lost and not told yet on disk, as the records that tell it: should this process be killed, the next one sends them. */
export class DropNote {
  readonly #options: DropNoteOptions;
  #timer: NodeJS.Timeout | undefined;
  #lastMillis = Number.NEGATIVE_INFINITY;

  constructor(options: DropNoteOptions) {
    this.#options = options;
  }

  /** Something more was lost. */
  renew(): void {
    const waitMillis = this.#lastMillis + MIN_INTERVAL_MILLIS - performance.now();
    this.#timer ??= setTimeout(() => this.#write(), Math.max(0, waitMillis)).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #write(): void {
    this.#timer = undefined;
    this.#lastMillis = performance.now();
    this.#options.keep(this.#batchOf(this.#options.reports.all()));
  }

  #batchOf(reports: readonly DropReport[]): Batch {
    const { encoder, prepare } = this.#options.items();
    for (const report of reports) {
      const record = createDropRecord(report, this.#options.resource());
      prepare?.(record);
      encoder.add(record);
    }
    return { signal: 'logs', key: createBatchKey(), itemCount: reports.length, createdMillis: Date.now(), body: encoder.take() };
  }
}
