import type { HealthAnswer } from '../../api/index.ts';
import type { Storage } from '../../storage/storage.ts';
import { type ApiRoute, defineRoute, type Reader } from '../api-route.ts';

export const healthPath = '/api/v1/health';

/** A storage that takes longer for one look-up is of no use to a reader. */
const STORAGE_CHECK_MILLIS = 2_000;
/** An id that no record has. */
const ABSENT_ID = 'health-check';

export interface HealthOptions {
  readonly version: string;
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
}

/** Whether the storage answers, and where senders send to. A storage that does not is an answer, not an error. */
export function createHealthRoute({ version, otlpHttpUrl, otlpGrpcUrl }: HealthOptions): ApiRoute {
  const route = defineRoute({
    path: healthPath,
    names: { single: [] },
    parse: ({ isTrusted }) => ({ isTrusted }),
    async answer({ isTrusted }, reader): Promise<HealthAnswer> {
      const status = await checkStorage(reader);
      if (!isTrusted) return { status };
      return { status, version, storage: { status, notes: { ...reader.storage.capabilities.notes } }, send: { otlpHttpUrl, otlpGrpcUrl } };
    },
  });
  return { ...route, statusOf: (answer) => ('status' in answer && answer.status === 'ok' ? 200 : 503) };
}

async function checkStorage({ storage, context }: Reader): Promise<HealthAnswer['status']> {
  const timeout = AbortSignal.timeout(STORAGE_CHECK_MILLIS);
  const signal = AbortSignal.any([context.signal, timeout]);
  const tooLate = Promise.withResolvers<'unavailable'>();
  timeout.addEventListener('abort', () => tooLate.resolve('unavailable'), { once: true });
  return Promise.race([lookUp(storage, { ...context, deadline: performance.now() + STORAGE_CHECK_MILLIS, signal }), tooLate.promise]);
}

async function lookUp(storage: Storage, context: Reader['context']): Promise<HealthAnswer['status']> {
  try {
    await storage.getLog(ABSENT_ID, context);
    return 'ok';
  } catch {
    return 'unavailable';
  }
}
