import { type Context, createContextKey } from '@opentelemetry/api';

const BATCH_KEY = createContextKey('threadline.batch');

/** Marks the context of a receive span: what runs in it is about several messages and in the flow of none of them. */
export function markBatchContext(context: Context): Context {
  return context.setValue(BATCH_KEY, true);
}

/** A mark that the contexts of its messages must not inherit, and do not: they start from the messages, never from the batch. */
export function isBatchContext(context: Context): boolean {
  return context.getValue(BATCH_KEY) === true;
}
