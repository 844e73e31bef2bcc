import type { HealthAnswer } from '../../api/index.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { checkStorage } from '../check-storage.ts';
import type { CollectorView } from '../collector-view.ts';

export const healthPath = '/api/v1/health';

export interface HealthOptions {
  readonly collector: CollectorView;
  readonly version: string;
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
  /** Undefined where the collector does not know it. */
  readonly retentionDays?: number;
}

/** Whether the storage answers, whether records are taken and delivered, and where senders send to. A storage that does not is an answer, not an error. */
export function createHealthRoute({ collector, version, otlpHttpUrl, otlpGrpcUrl, retentionDays }: HealthOptions): ApiRoute {
  const route = defineRoute({
    path: healthPath,
    names: { single: [] },
    isImmediate: true,
    parse: ({ isTrusted }) => ({ isTrusted }),
    async answer({ isTrusted }, reader): Promise<HealthAnswer> {
      const { status } = await checkStorage(reader);
      const shown = { status, ...flowOf(collector) };
      if (!isTrusted) return shown;
      return {
        ...shown,
        version,
        storage: { status, notes: { ...reader.storage.capabilities.notes } },
        send: { otlpHttpUrl, otlpGrpcUrl },
        ...(retentionDays !== undefined && { retentionDays }),
      };
    },
  });
  return { ...route, statusOf: (answer) => ('status' in answer && answer.status === 'ok' ? 200 : 503) };
}

/** Without the faults, whose words may name a server or a directory. */
function flowOf(collector: CollectorView): Pick<HealthAnswer, 'ingest' | 'delivery'> {
  const { log } = collector.status();
  if (!log) return {};
  const { lastFault, ...delivery } = log.delivery;
  const { fault, ...ingest } = log.ingest;
  return { ingest, delivery };
}
