import { countLoss } from '../counters.ts';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { type Batch, type Loss, traceIdsOf } from './batch.ts';
import type { CollectorConfig } from './collector-config.ts';
import { DropReports } from './drop-reports.ts';
import { ItemBuffer } from './item-buffer.ts';
import { type ItemOptions, logItems, spanItems, type TelemetryExport, type TelemetryExportOptions } from './telemetry-export.ts';
import type { Handed, ParentInbox } from './worker-inbox.ts';

/** What was lost is told as soon as the other thread is less busy. */
const TELL_MILLIS = 500;
const NOT_TAKEN = 'the main thread did not take them in time';

let handOver = (): void => undefined;

/** What this thread made goes to the one that made it: to be called before anything is said that may be the last thing it does. */
export function handOverNow(): void {
  handOver();
}

/**
 * The way of a worker's spans and records: into the inbox of the thread that made it, as soon as its event loop turns and before each message that it posts, since a
 * worker may be ended at any moment. That thread sends them with its own.
 */
export function createThreadHandover(
  { config, counters, redactor, areItemsShared }: Pick<TelemetryExportOptions, 'config' | 'counters' | 'redactor' | 'areItemsShared'>,
  parent: ParentInbox,
): TelemetryExport {
  const losses = new DropReports(Date.now);
  const maxWaiting = Math.max(config.batching.traces.maxQueueItems, config.batching.logs.maxQueueItems);
  let telling: NodeJS.Timeout | undefined;

  function post(handed: Handed): void {
    // It is busy, or gone: what waits for it must not fill the memory.
    if (handed.type === 'items' && parent.waitingCount > maxWaiting) {
      onLoss({ signal: handed.signal, count: handed.itemCount, reason: NOT_TAKEN, traceIds: traceIdsOf(handed) });
    } else parent.post(handed);
  }

  function onLoss(loss: Loss): void {
    countLoss(counters, loss);
    losses.add(loss);
    telling ??= setTimeout(tellLosses, TELL_MILLIS).unref();
  }

  function tellLosses(): void {
    clearTimeout(telling);
    telling = undefined;
    if (parent.waitingCount > maxWaiting) telling = setTimeout(tellLosses, TELL_MILLIS).unref();
    else for (const loss of losses.takeAll()) parent.post({ type: 'loss', loss });
  }

  const postBatch = ({ signal, itemCount, body }: Batch): void => post({ type: 'items', signal, itemCount, body });
  const spans = createBuffer(config.tracesUrl, { config, onLoss, postBatch }, spanItems(config, redactor, areItemsShared));
  const logs = createBuffer(config.logsUrl, { config, onLoss, postBatch }, logItems(config, redactor, areItemsShared));
  const buffers = [spans, logs].filter((buffer) => buffer !== undefined);
  handOver = () => {
    for (const buffer of buffers) if (buffer.hasItems) for (const batch of buffer.cut()) postBatch(batch);
  };
  const end = (): void => {
    handOver();
    clearTimeout(telling);
    for (const loss of losses.takeAll()) parent.post({ type: 'loss', loss });
  };
  return {
    spans,
    logs,
    receive: post,
    itemCount: () => (spans?.addedCount ?? 0) + (logs?.addedCount ?? 0),
    async flush() {
      handOver();
    },
    endSync() {
      end();
      for (const buffer of buffers) buffer.divert((batches) => batches.forEach(postBatch));
    },
    close() {
      end();
      for (const buffer of buffers) buffer.close('the SDK was shut down');
    },
  };
}

interface BufferOptions {
  readonly config: CollectorConfig;
  readonly onLoss: (loss: Loss) => void;
  readonly postBatch: (batch: Batch) => void;
}

/** Undefined for a signal that is switched off. */
function createBuffer<Item extends ReadableSpan | ReadWriteLogRecord>(
  url: string | undefined,
  { config, onLoss, postBatch }: BufferOptions,
  items: ItemOptions<Item>,
): ItemBuffer<Item> | undefined {
  if (url === undefined) return undefined;
  return new ItemBuffer<Item>({
    ...items,
    maxItems: config.batching[items.signal].maxQueueItems,
    maxBatchItems: config.batching[items.signal].maxBatchItems,
    delayMillis: 0,
    nowMillis: Date.now,
    isReady: () => true,
    submit: postBatch,
    // As long as the event loop has no turn.
    keepNow(batches) {
      batches.forEach(postBatch);
      return [];
    },
    onLoss,
  });
}
