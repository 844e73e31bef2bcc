import { type Counters, countLoss } from '../counters.ts';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { clearInterval, clearTimeout, setInterval, setTimeout } from '../own-timers.ts';
import { redactRecord, redactSpan } from '../redaction/redacting-processors.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { ReadableSpan, Resource } from '../traces/span-types.ts';
import { type Batch, type Loss, type Signal, traceIdsOf } from './batch.ts';
import type { CollectorConfig } from './collector-config.ts';
import { DropNote } from './drop-note.ts';
import { DropReports } from './drop-reports.ts';
import { emitDrop } from './emit-drop.ts';
import type { ExitFlush } from './exit-flush.ts';
import type { ItemBufferOptions } from './item-buffer.ts';
import * as json from './otlp-json.ts';
import * as protobuf from './otlp-protobuf.ts';
import type { ItemSink } from './queue-processors.ts';
import { sendSync } from './send-sync.ts';
import { SignalExport } from './signal-export.ts';
import { PROCESS_ENDED, Spool } from './spool/spool.ts';
import { SpoolFolder } from './spool/spool-folder.ts';
import type { SpoolLocation } from './spool/spool-location.ts';
import type { Warnings } from './warnings.ts';
import type { Handed } from './worker-inbox.ts';

/** How often files of ended processes are looked for, and others are told that this one lives. */
const TEND_MILLIS = 30_000;
/** Reports of losses that are lost themselves must not go round in a circle. */
const MIN_REPORT_INTERVAL_MILLIS = 5000;
/** More takes longer than an exit may; it is on disk. */
const MAX_SYNC_BYTES = 16 * 1024 * 1024;
const ENCODERS = { json, protobuf } as const;

export interface TelemetryExportOptions {
  readonly config: CollectorConfig;
  readonly spoolLocation: SpoolLocation | undefined;
  readonly counters: Counters;
  readonly warnings: Warnings;
  /** Hides secrets right before an item is written; undefined where they were hidden before, or nothing is. */
  readonly redactor: Redactor | undefined;
  /** Whether others are handed the same items, by an app's own NodeSDK: then what is sent is what they are when they come. */
  readonly areItemsShared: boolean;
  readonly resource: Resource;
}

/** How items of a signal are written. */
export type ItemOptions<Item> = Pick<ItemBufferOptions<Item>, 'signal' | 'encoder' | 'prepare' | 'mayChange' | 'traceIdOf'>;

/** Both signals' ways to the collector; undefined for one that is switched off. */
export interface TelemetryExport extends Omit<ExitFlush, 'beforeEnd'> {
  readonly spans: ItemSink<ReadableSpan> | undefined;
  readonly logs: ItemSink<ReadWriteLogRecord> | undefined;
  /** Takes what another thread of the process hands over. Never waits and never throws. */
  receive(handed: Handed): void;
  /** Leaves what was not taken to the next process and stops. To be called after a flush; safe to repeat. */
  close(): void;
}

/** OTLP over HTTP; what the collector does not take waits in one spool for both signals. */
export function createTelemetryExport(options: TelemetryExportOptions): TelemetryExport {
  const { config, spoolLocation, counters, warnings, redactor, areItemsShared } = options;
  const reports = new DropReports(Date.now);
  let lastReportMillis = Number.NEGATIVE_INFINITY;
  let reportTimer: NodeJS.Timeout | undefined;
  let isEnded = false;

  function onLoss(loss: Loss): void {
    countLoss(counters, loss);
    reports.add(loss);
    if (logs !== undefined && spool.hasDisk && !isEnded) note.renew();
    warnings.dropped(loss.signal === 'traces' ? 'spans' : 'log records', loss.count, loss.reason);
  }

  function reportLosses(): void {
    clearTimeout(reportTimer);
    reportTimer = undefined;
    if (logs === undefined || reports.isEmpty) return;
    lastReportMillis = performance.now();
    for (const report of reports.takeAll()) emitDrop(report);
    note.stop();
    spool.forgetNoteSync();
  }

  /** At once where it can be, since the collector listens now. */
  function onTaken(): void {
    if (reports.isEmpty) return;
    const waitMillis = lastReportMillis + MIN_REPORT_INTERVAL_MILLIS - performance.now();
    if (waitMillis <= 0) reportLosses();
    else reportTimer ??= setTimeout(reportLosses, waitMillis).unref();
  }

  const spool = new Spool({
    folder: spoolLocation === undefined ? undefined : new SpoolFolder(spoolLocation.root, spoolLocation.privateParent),
    maxBytes: config.spool.maxBytes,
    nowMillis: Date.now,
    onLoss,
    onProblem: (text) => warnings.noted(text),
  });

  const note = new DropNote({
    reports,
    keep: (batch) => void spool.keepNote(batch),
    items: () => logItems(config, redactor, areItemsShared),
    // That of an app's own NodeSDK where there is one.
    resource: () => (logs?.writtenItem ?? spans?.writtenItem)?.resource ?? options.resource,
  });

  function createSignal<Item>(url: string | undefined, options: ItemOptions<Item>) {
    if (url === undefined) return undefined;
    return new SignalExport<Item>({
      ...options,
      url,
      config,
      spool,
      onTaken,
      onNote: (message) => warnings.noted(`the collector at ${new URL(url).origin} says: ${message}`),
      onLoss,
      onRetry: (reason) => warnings.retrying(reason),
    });
  }
  const spans = createSignal(config.tracesUrl, spanItems(config, redactor, areItemsShared));
  const logs = createSignal(config.logsUrl, logItems(config, redactor, areItemsShared));
  const signals = [spans, logs].filter((signal) => signal !== undefined);
  const signalOf = (signal: Signal): SignalExport<ReadableSpan> | SignalExport<ReadWriteLogRecord> | undefined =>
    signal === 'traces' ? spans : logs;

  async function tend(): Promise<void> {
    await spool.tend();
    if (!isEnded) for (const signal of signals) signal.resume();
  }
  const firstTended = tend();
  const tending = setInterval(() => void tend(), TEND_MILLIS).unref();

  /** Puts what is in memory alone on disk; answers with it, and how to take it off again where it is there. */
  function saveSync(): { readonly batch: Batch; settleSync?(): void }[] {
    reportLosses();
    const keep = (batches: readonly Batch[]): void => {
      const saved = new Set(spool.saveSync(batches).map(({ key }) => key));
      loseAll(batches.filter(({ key }) => !saved.has(key)));
    };
    const batches = signals.flatMap((signal) => signal.endSync(keep));
    const saved = new Map(spool.saveSync(batches).map((one) => [one.key, one]));
    return batches.map((batch) => ({ batch, ...saved.get(batch.key) }));
  }

  function loseAll(batches: readonly Batch[]): void {
    for (const batch of batches) {
      const { signal, itemCount } = batch;
      onLoss({
        signal,
        count: itemCount,
        reason: PROCESS_ENDED,
        traceIds: traceIdsOf(batch),
      });
    }
  }

  return {
    spans,
    logs,
    receive(handed) {
      if (handed.type === 'items') {
        signalOf(handed.signal)?.addBody(handed.body, handed.itemCount);
        return;
      }
      onLoss(handed.loss);
      // It comes when there may be nothing more to send, and the collector listens.
      if (logs?.isFailing() === false) onTaken();
    },
    itemCount: () => (spans?.addedCount ?? 0) + (logs?.addedCount ?? 0),
    async flush(timeoutMillis) {
      const deadline = Promise.withResolvers<void>();
      // Not unref'ed: it is what keeps the process alive while connections do not.
      const timer = setTimeout(deadline.resolve, timeoutMillis);
      for (const signal of signals) signal.submitAll();
      const flushed = firstTended.then(() => Promise.all(signals.map((signal) => signal.flush())));
      await Promise.race([flushed, deadline.promise]);
      clearTimeout(timer);
    },
    endSync(mayWait) {
      if (isEnded) return;
      isEnded = true;
      const saved = saveSync();
      // A collector that did not answer a moment ago would only cost two seconds more.
      const worthTrying = mayWait ? saved.filter(({ batch }) => signalOf(batch.signal)?.isFailing() === false) : [];
      const byteCount = worthTrying.reduce((sum, { batch }) => sum + batch.body.length, 0);
      const requests = worthTrying.flatMap(({ batch }) => signalOf(batch.signal)?.requestFor(batch) ?? []);
      const taken = requests.length === 0 || byteCount > MAX_SYNC_BYTES ? new Set<number>() : sendSync(requests);
      const isTaken = new Set([...taken].map((index) => worthTrying[index]?.batch.key));
      for (const one of saved) if (isTaken.has(one.batch.key)) one.settleSync?.();
      loseAll(saved.filter((one) => one.settleSync === undefined && !isTaken.has(one.batch.key)).map(({ batch }) => batch));
      spool.closeSync();
      warnings.tellRest();
    },
    close() {
      clearInterval(tending);
      this.endSync(false);
      for (const signal of signals) signal.close();
    },
  };
}

export function spanItems(config: CollectorConfig, redactor: Redactor | undefined, areItemsShared: boolean): ItemOptions<ReadableSpan> {
  return {
    signal: 'traces',
    encoder: ENCODERS[config.encodings.traces].createSpanEncoder(),
    prepare: redactor === undefined ? undefined : (span) => redactSpan(redactor, span),
    mayChange: () => areItemsShared,
    traceIdOf: (span) => span.spanContext().traceId,
  };
}

export function logItems(
  config: CollectorConfig,
  redactor: Redactor | undefined,
  areItemsShared: boolean,
): ItemOptions<ReadWriteLogRecord> {
  return {
    signal: 'logs',
    encoder: ENCODERS[config.encodings.logs].createLogEncoder(),
    prepare: redactor === undefined ? undefined : (record) => redactRecord(redactor, record),
    // A map or a list is the app's own.
    mayChange: ({ body }) => areItemsShared || (typeof body === 'object' && body !== null),
    traceIdOf: (record) => record.spanContext?.traceId,
  };
}
