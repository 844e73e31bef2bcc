import type { HealthAnswer } from '../api/index.ts';
import type { ReadContext, Storage } from '../storage/storage.ts';

/** A storage that takes longer for one look-up is of no use to a reader. */
const STORAGE_CHECK_MILLIS = 2_000;

interface Look {
  readonly storage: Storage;
  readonly context: Pick<ReadContext, 'tenant' | 'signal'>;
}

/** Whether the storage answers now. Never throws for a storage that does not. */
export async function checkStorage({ storage, context }: Look): Promise<HealthAnswer['status']> {
  const timeout = AbortSignal.timeout(STORAGE_CHECK_MILLIS);
  const signal = AbortSignal.any([context.signal, timeout]);
  const tooLate = Promise.withResolvers<'unavailable'>();
  timeout.addEventListener('abort', () => tooLate.resolve('unavailable'), { once: true });
  return Promise.race([lookUp(storage, { ...context, deadline: performance.now() + STORAGE_CHECK_MILLIS, signal }), tooLate.promise]);
}

async function lookUp(storage: Storage, context: ReadContext): Promise<HealthAnswer['status']> {
  try {
    await storage.check(context);
    return 'ok';
  } catch {
    return 'unavailable';
  }
}
