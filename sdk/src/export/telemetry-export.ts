import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Counters } from '../counters.ts';
import { type BatchExporter, BatchQueue } from './batch-queue.ts';
import type { CollectorConfig } from './collector-config.ts';
import type { ExitFlush } from './exit-flush.ts';
import { type SyncRequest, sendSync } from './send-sync.ts';
import { createExportAgent } from './unref-agent.ts';
import type { Warnings } from './warnings.ts';

/** Both signals' ways to the collector; undefined for one that is switched off. */
export interface TelemetryExport extends ExitFlush {
  readonly spans: BatchQueue<ReadableSpan> | undefined;
  readonly logs: BatchQueue<ReadWriteLogRecord> | undefined;
}

/** OTLP/JSON over HTTP behind a bounded buffer for each signal. */
export function createTelemetryExport(config: CollectorConfig, counters: Counters, warnings: Warnings): TelemetryExport {
  let items = 0;
  const exporterConfig = (url: string) => ({
    url,
    headers: { ...config.headers },
    timeoutMillis: config.timeoutMillis,
    httpAgentOptions: createExportAgent,
  });
  const createQueue = <Item>(exporter: BatchExporter<Item>, signal: 'spans' | 'log records'): BatchQueue<Item> =>
    new BatchQueue({
      exporter,
      maxItems: config.maxQueueItems,
      maxBatchItems: config.maxBatchItems,
      delayMillis: config.delayMillis,
      onDrop(count, reason) {
        if (signal === 'spans') counters.droppedSpans += count;
        else counters.droppedLogRecords += count;
        warnings.dropped(signal, count, reason);
      },
      onRetry: (reason) => warnings.retrying(reason),
      onAdd: () => {
        items += 1;
      },
    });
  const { tracesUrl, logsUrl } = config;
  const spans = tracesUrl === undefined ? undefined : createQueue<ReadableSpan>(new OTLPTraceExporter(exporterConfig(tracesUrl)), 'spans');
  const logs =
    logsUrl === undefined ? undefined : createQueue<ReadWriteLogRecord>(new OTLPLogExporter(exporterConfig(logsUrl)), 'log records');

  return {
    spans,
    logs,
    itemCount: () => items,
    async flush(timeoutMillis) {
      await Promise.all([spans?.flush(timeoutMillis), logs?.flush(timeoutMillis)]);
    },
    flushSync() {
      const requests: SyncRequest[] = [];
      const add = (url: string | undefined, body: Uint8Array | undefined): void => {
        if (url === undefined || body === undefined) return;
        requests.push({ url, headers: { ...config.headers, 'content-type': 'application/json' }, body: new TextDecoder().decode(body) });
      };
      // A collector that did not answer a moment ago would only cost two seconds more.
      const waitingSpans = spans === undefined || spans.isFailing() ? [] : [...spans.pending()];
      const waitingLogs = logs === undefined || logs.isFailing() ? [] : [...logs.pending()];
      if (waitingSpans.length > 0) add(tracesUrl, JsonTraceSerializer.serializeRequest(waitingSpans));
      if (waitingLogs.length > 0) add(logsUrl, JsonLogsSerializer.serializeRequest(waitingLogs));
      if (requests.length === 0 || !sendSync(requests)) return;
      spans?.clear();
      logs?.clear();
    },
  };
}
