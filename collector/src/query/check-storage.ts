import type { HealthAnswer } from '../api/index.ts';
import type { Storage } from '../storage/storage.ts';
import type { Reader } from './api-route.ts';

/** A storage that takes longer for one look-up is of no use to a reader. */
const STORAGE_CHECK_MILLIS = 2_000;

/** Whether the storage answers now. Never throws for a storage that does not. */
export async function checkStorage({ storage, context }: Reader): Promise<HealthAnswer['status']> {
  const timeout = AbortSignal.timeout(STORAGE_CHECK_MILLIS);
  const signal = AbortSignal.any([context.signal, timeout]);
  const tooLate = Promise.withResolvers<'unavailable'>();
  timeout.addEventListener('abort', () => tooLate.resolve('unavailable'), { once: true });
  return Promise.race([lookUp(storage, { ...context, deadline: performance.now() + STORAGE_CHECK_MILLIS, signal }), tooLate.promise]);
}

async function lookUp(storage: Storage, context: Reader['context']): Promise<HealthAnswer['status']> {
  try {
    await storage.check(context);
    return 'ok';
  } catch {
    return 'unavailable';
  }
}
