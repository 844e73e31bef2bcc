import type { StatusAnswer } from '../api/index.ts';
import type { ReadContext, Storage } from '../storage/storage.ts';
import { toHttpError } from './http/error-answer.ts';

/** A storage that takes longer for one look-up is of no use to a reader. */
const STORAGE_CHECK_MILLIS = 2_000;
const TOO_LATE = `The storage did not answer within ${STORAGE_CHECK_MILLIS / 1_000} seconds.`;

interface Look {
  readonly storage: Storage;
  readonly context: Pick<ReadContext, 'tenant' | 'signal'>;
}

type StorageCheck = Pick<StatusAnswer['storage'], 'status' | 'fault'>;

/** Whether the storage answers now, and why not, as a query would be told. Never throws for a storage that does not. */
export async function checkStorage({ storage, context }: Look): Promise<StorageCheck> {
  const timeout = AbortSignal.timeout(STORAGE_CHECK_MILLIS);
  const signal = AbortSignal.any([context.signal, timeout]);
  const tooLate = Promise.withResolvers<StorageCheck>();
  timeout.addEventListener('abort', () => tooLate.resolve({ status: 'unavailable', fault: TOO_LATE }), { once: true });
  return Promise.race([lookUp(storage, { ...context, deadline: performance.now() + STORAGE_CHECK_MILLIS, signal }), tooLate.promise]);
}

async function lookUp(storage: Storage, context: ReadContext): Promise<StorageCheck> {
  try {
    await storage.check(context);
    return { status: 'ok' };
  } catch (error) {
    return { status: 'unavailable', fault: toHttpError(error).body.error.message };
  }
}
