import { type Context, context, logs, SeverityNumber, trace } from '@opentelemetry/api';
import { type HrTime, recordClock } from '../clock.ts';
import { contextOfUncaught } from '../context/thrown-in.ts';
import { isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import { recordException } from '../traces/record-exception.ts';
import { exceptionAttributes, isError, messageOf, tellsOf } from './exception.ts';
import { propertyOf } from './thrown-value.ts';

/** How long the app's own handler has to log the error itself. A process that ends before does not wait. */
const APP_LOGS_IT_MILLIS = 1000;
/** Of the error that Node makes of a rejection with something else, when it throws it. */
const MADE_OF_REJECTION = 'ERR_UNHANDLED_REJECTION';

interface Crash {
  readonly error: unknown;
  readonly kind: 'uncaught exception' | 'unhandled rejection';
  readonly context: Context;
  readonly time: HrTime;
}

interface Held {
  readonly timer: NodeJS.Timeout;
  /** The app did, so that there is nothing to write; it may throw the error once more. */
  isLogged: boolean;
}

/** Errors that the app may yet log, as its own handler was told of them, or that Node may yet throw. */
const held = new Map<Crash, Held>();
const FOLLOWED = Symbol.for('threadline.crashes.followed');
/** Whether Node tells the app's handler of an error next; an app's own call of `process.emit` ends no process. */
let isAboutToTell = false;
let endProcess = (): void => undefined;

/**
 * Writes one error record for each error that nothing caught, with its stack and in the flow that it was thrown in. Where
 * the app has a handler of its own and logs the error there, that is the record. Adds no handler that Node would take for
 * the app's, so the process ends, or goes on, as it would have. `end` is called where it ends without an event: when that
 * handler throws. Returns what ends it.
 */
export function recordCrashes(end: () => void): () => void {
  endProcess = end;
  process.on('uncaughtExceptionMonitor', onUncaught);
  followEvents();
  return () => {
    endProcess = () => undefined;
    process.off('uncaughtExceptionMonitor', onUncaught);
    writeHeldCrashes();
  };
}

/** For the end of a process: writes what the app has not logged by now. */
export function writeHeldCrashes(): void {
  for (const crash of [...held.keys()]) writeHeld(crash);
}

/** The app has logged this error, and with it its causes. */
export function forgetCrash(error: Error): void {
  for (const [crash, holding] of held) if (tellsOf(error, crash.error)) holding.isLogged = true;
}

function onUncaught(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
  const isAppTold = process.listenerCount('uncaughtException') > 0;
  isAboutToTell = isAppTold;
  if (origin === 'uncaughtException') recordOnSpan(error);
  const known = heldCrash(error) ?? heldRejection(error);
  if (known !== undefined && held.get(known)?.isLogged === true) return;
  if (known !== undefined) release(known);
  const kind = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
  const crash: Crash = known === undefined ? crashOf(error, kind) : { ...known, error };
  if (isAppTold) hold(crash);
  else write(crash);
}

/** A listener of ours would make every rejection and every error a handled one. */
function followEvents(): void {
  if (FOLLOWED in process) return;
  Object.defineProperty(process, FOLLOWED, { value: true });
  wrapMethod(
    process,
    'emit',
    (original: Method) =>
      function (...args) {
        const [event, reason] = args;
        // Whoever is told of it. Node throws what nobody handles next, but not with each of its `--unhandled-rejections`.
        if (event === 'unhandledRejection' && !(isObject(reason) && heldCrash(reason) !== undefined))
          hold(crashOf(reason, 'unhandled rejection'));
        if (event !== 'uncaughtException' || !isAboutToTell) return Reflect.apply(original, this, args);
        isAboutToTell = false;
        let hasThrown = true;
        // What a `catch` throws again, Node would show as thrown here.
        try {
          const thrownIn = contextOfUncaught();
          const answer: unknown =
            thrownIn === undefined ? Reflect.apply(original, this, args) : context.with(thrownIn, original, this, ...args);
          hasThrown = false;
          return answer;
        } finally {
          // Node ends the process at once when the app's handler throws: there is no event `exit`.
          if (hasThrown) endProcess();
        }
      },
  );
}

function crashOf(error: unknown, kind: Crash['kind']): Crash {
  const thrownIn = (kind === 'uncaught exception' ? contextOfUncaught() : undefined) ?? context.active();
  return { error, kind, context: thrownIn, time: recordClock.now() };
}

/** Nobody answers the request of a listener that threw: what listens for uncaught errors ends the process or leaves it open. */
function recordOnSpan(error: unknown): void {
  const thrownIn = contextOfUncaught();
  const span = thrownIn === undefined ? undefined : trace.getSpan(thrownIn);
  if (span !== undefined && isError(error)) recordException(span, error);
}

function heldCrash(error: unknown): Crash | undefined {
  for (const crash of held.keys()) if (crash.error === error) return crash;
  return undefined;
}

/** What Node made this error of: the latest rejection, which it told of just before. */
function heldRejection(error: unknown): Crash | undefined {
  if (!isError(error) || propertyOf(error, 'code') !== MADE_OF_REJECTION) return undefined;
  const latest = [...held.keys()].at(-1);
  return latest?.kind === 'unhandled rejection' && !isError(latest.error) ? latest : undefined;
}

function hold(crash: Crash): void {
  held.set(crash, { timer: setTimeout(() => writeHeld(crash), APP_LOGS_IT_MILLIS).unref(), isLogged: false });
}

function release(crash: Crash): Held | undefined {
  const holding = held.get(crash);
  clearTimeout(holding?.timer);
  held.delete(crash);
  return holding;
}

function writeHeld(crash: Crash): void {
  if (release(crash)?.isLogged === false) write(crash);
}

function write({ error, kind, context: thrownIn, time }: Crash): void {
  logs.getLogger('@threadline/sdk').emit({
    context: thrownIn,
    timestamp: time,
    severityNumber: SeverityNumber.ERROR,
    severityText: 'error',
    body: `${kind}: ${messageOf(error)}`,
    attributes: { ...exceptionAttributes(error) },
  });
}
