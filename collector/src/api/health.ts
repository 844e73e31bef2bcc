/** `GET /api/v1/health`: 200 when the storage answers, else 503. Where a read key is set, a caller without it sees `status` alone. */
export interface HealthAnswer {
  status: 'ok' | 'unavailable';
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
