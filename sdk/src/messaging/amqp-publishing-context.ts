import type { Context } from '@opentelemetry/api';

/** A key in publish options that survives their being copied and that no AMQP property has. */
const CONTEXT = Symbol('threadline.publishing');

/** Options for a message that is published later, from a queue in memory, in whatever context that is worked off. */
export function withPublishingContext(options: unknown, context: Context): object {
  return { ...(typeof options === 'object' ? options : undefined), [CONTEXT]: context };
}

/** The context that was put into options, and the options without it. */
export function takePublishingContext(options: unknown): { readonly context: Context | undefined; readonly options: object } {
  if (typeof options !== 'object' || options === null) return { context: undefined, options: {} };
  const { [CONTEXT]: context, ...rest }: { [CONTEXT]?: Context } = options;
  return { context, options: rest };
}
