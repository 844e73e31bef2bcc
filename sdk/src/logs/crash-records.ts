import { type Context, context, logs, SeverityNumber } from '@opentelemetry/api';
import { type HrTime, recordClock } from '../clock.ts';
import { type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { exceptionAttributes, isError } from './exception.ts';

/** How long the app's own handler has to log the error itself. A process that ends before does not wait. */
const APP_LOGS_IT_MILLIS = 1000;

interface Crash {
  readonly error: unknown;
  readonly kind: 'uncaught exception' | 'unhandled rejection';
  readonly context: Context;
  readonly time: HrTime;
}

/** Errors that an app's own handler was told of, which it may yet log. */
const held = new Map<Crash, NodeJS.Timeout>();
const FOLLOWED = Symbol.for('threadline.crashes.followed');

/**
 * Writes one error record for each error that nothing caught, with its stack and in the flow that it was thrown in. Where
 * the app has a handler of its own and logs the error there, that is the record. Adds no handler that Node would take for
 * the app's, so the process ends, or goes on, as it would have. Returns what ends it.
 */
export function recordCrashes(): () => void {
  process.on('uncaughtExceptionMonitor', onUncaught);
  followRejections();
  return () => {
    process.off('uncaughtExceptionMonitor', onUncaught);
    writeHeldCrashes();
  };
}

/** For the end of a process: writes what the app has not logged by now. */
export function writeHeldCrashes(): void {
  for (const crash of [...held.keys()]) writeHeld(crash);
}

/** The app has logged this error. */
export function forgetCrash(error: Error): void {
  for (const [crash, timer] of held) {
    if (crash.error !== error) continue;
    clearTimeout(timer);
    held.delete(crash);
  }
}

function onUncaught(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
  const kind = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
  const crash: Crash = { error, kind, context: context.active(), time: recordClock.now() };
  if (process.listenerCount('uncaughtException') > 0) hold(crash);
  else write(crash);
}

/** A listener of ours would make every rejection a handled one. */
function followRejections(): void {
  if (FOLLOWED in process) return;
  Object.defineProperty(process, FOLLOWED, { value: true });
  wrapMethod(
    process,
    'emit',
    (original: Method) =>
      function (...args) {
        const [event, reason] = args;
        // Without a listener of the app's it is thrown as an uncaught exception next.
        if (event === 'unhandledRejection' && process.listenerCount('unhandledRejection') > 0)
          hold({ error: reason, kind: 'unhandled rejection', context: context.active(), time: recordClock.now() });
        return Reflect.apply(original, this, args);
      },
  );
}

function hold(crash: Crash): void {
  held.set(crash, setTimeout(() => writeHeld(crash), APP_LOGS_IT_MILLIS).unref());
}

function writeHeld(crash: Crash): void {
  clearTimeout(held.get(crash));
  if (held.delete(crash)) write(crash);
}

function write({ error, kind, context: thrownIn, time }: Crash): void {
  const message = isError(error) ? error.message : String(error);
  logs.getLogger('@threadline/sdk').emit({
    context: thrownIn,
    timestamp: time,
    severityNumber: SeverityNumber.ERROR,
    severityText: 'error',
    body: `${kind}: ${message}`,
    attributes: isError(error) ? { ...exceptionAttributes(error) } : { 'exception.message': message },
  });
}
