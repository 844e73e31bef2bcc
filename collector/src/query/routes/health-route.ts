import type { HealthAnswer } from '../../api/index.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { checkStorage } from '../check-storage.ts';

export const healthPath = '/api/v1/health';

export interface HealthOptions {
  readonly version: string;
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
  /** Undefined where the collector does not know it. */
  readonly retentionDays?: number;
}

/** Whether the storage answers, and where senders send to. A storage that does not is an answer, not an error. */
export function createHealthRoute({ version, otlpHttpUrl, otlpGrpcUrl, retentionDays }: HealthOptions): ApiRoute {
  const route = defineRoute({
    path: healthPath,
    names: { single: [] },
    isImmediate: true,
    parse: ({ isTrusted }) => ({ isTrusted }),
    async answer({ isTrusted }, reader): Promise<HealthAnswer> {
      const status = await checkStorage(reader);
      if (!isTrusted) return { status };
      return {
        status,
        version,
        storage: { status, notes: { ...reader.storage.capabilities.notes } },
        send: { otlpHttpUrl, otlpGrpcUrl },
        ...(retentionDays !== undefined && { retentionDays }),
      };
    },
  });
  return { ...route, statusOf: (answer) => ('status' in answer && answer.status === 'ok' ? 200 : 503) };
}
