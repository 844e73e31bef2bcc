import type { RejectedField } from '../otlp/encode-response.ts';
import type { QueueEntry } from '../queue/queue.ts';

/** Metrics are counted and go no further. */
export type Signal = QueueEntry['signal'] | 'metrics';

export interface SignalRow {
  readonly signal: Signal;
  /** Of OTLP/HTTP. */
  readonly path: string;
  /** Of OTLP/gRPC; its one method is `Export`. */
  readonly grpcService: string;
  readonly rejectedField: RejectedField;
}

/** What OTLP calls each signal's door. A further signal is a further row. Source: OTLP specification 1.9. */
export const SIGNALS: readonly SignalRow[] = [
  {
    signal: 'logs',
    path: '/v1/logs',
    grpcService: 'opentelemetry.proto.collector.logs.v1.LogsService',
    rejectedField: 'rejectedLogRecords',
  },
  {
    signal: 'traces',
    path: '/v1/traces',
    grpcService: 'opentelemetry.proto.collector.trace.v1.TraceService',
    rejectedField: 'rejectedSpans',
  },
  {
    signal: 'metrics',
    path: '/v1/metrics',
    grpcService: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
    rejectedField: 'rejectedDataPoints',
  },
];
