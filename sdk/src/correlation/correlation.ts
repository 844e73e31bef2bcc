import { context } from '@opentelemetry/api';
import { ThreadlineError } from '../errors.ts';
import { isCorrelationId } from './correlation-id.ts';
import { correlationIdOf, getFlow, setFlow } from './flow.ts';

/** Reads and sets the correlation id of the running code. Works in any process in which the SDK has started. */
export interface Correlation {
  /**
   * The id of the flow that the running code belongs to: the request's, the one `run` set, or the active span's trace
   * id. Undefined outside of any flow. Does not depend on sampling.
   *
   * @example
   * response.json({ error: 'payment failed', reference: correlation.id() });
   */
  id(): string | undefined;
  /**
   * Runs `fn` in a flow of its own and returns what it returns. Every span, log record and outgoing call in it, also
   * after an await, in a timer or in a promise, carries the id. The surrounding flow continues afterwards.
   *
   * @throws ThreadlineError (`invalid_correlation_id`) when the id is not 1 to 128 of `A-Z a-z 0-9 . _ ~ : / @ + = -`.
   *
   * @example
   * await correlation.run(`import-${job.id}`, () => importFile(job));
   */
  run<T>(id: string, fn: () => T): T;
  /**
   * A function that runs in the flow in which `bind` was called, whoever calls it later: for a queue in memory, an
   * event emitter or a pool that calls back in another request's turn. Arguments, `this` and the result pass through.
   *
   * @example
   * emitter.once('ready', correlation.bind(() => logger.info('ready')));
   */
  bind<This, Args extends unknown[], Result>(fn: (this: This, ...args: Args) => Result): (this: This, ...args: Args) => Result;
}

/** The correlation id of the running code. */
export const correlation: Correlation = {
  id: () => correlationIdOf(context.active()),
  run(id, fn) {
    if (!isCorrelationId(id)) {
      throw new ThreadlineError(
        'invalid_correlation_id',
        'correlation.run: the id must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ : / @ + = -',
      );
    }
    const active = context.active();
    return context.with(setFlow(active, { id, external: getFlow(active)?.external }), fn);
  },
  bind(fn) {
    const bound = context.active();
    return function (...args) {
      return context.with(bound, () => fn.apply(this, args));
    };
  },
};
