import type { IngestStatus, StatusAnswer } from './status.ts';

/**
 * `GET /api/v1/health`: 200 when the storage answers, else 503, whatever becomes of records: `ingest` and `delivery` say that. Where a read key is set, a
 * caller without it sees these three alone.
 */
export interface HealthAnswer {
  status: 'ok' | 'unavailable';
  /** Absent, as `delivery` is, while the collector starts or ends. */
  ingest?: IngestStatus;
  /** `waiting`: the storage takes nothing, since `sinceUnixNano`; records wait in the log. */
  delivery?: Omit<NonNullable<StatusAnswer['log']>['delivery'], 'lastFault'>;
  version?: string;
  storage?: {
    status: 'ok' | 'unavailable';
    /** Facts for the operator: the adapter, the server's version. */
    notes: Record<string, string>;
  };
  /** Where senders send to. */
  send?: { otlpHttpUrl: string; otlpGrpcUrl: string };
  /** For how many days from its arrival on a record is kept; absent where a policy of the cluster decides. */
  retentionDays?: number;
}
