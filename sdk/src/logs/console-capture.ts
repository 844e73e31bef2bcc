import { format } from 'node:util';
import { context, logs } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import { isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { forgetCrash } from './crash-records.ts';
import { exceptionAttributes, findError, isError } from './exception.ts';

/** Severity numbers, and the stream that the record also goes to. */
const METHODS = {
  trace: [1, 'stderr'],
  debug: [5, 'stdout'],
  log: [9, 'stdout'],
  info: [9, 'stdout'],
  warn: [13, 'stderr'],
  error: [17, 'stderr'],
} as const;

/** Above zero while something writes to the console whose record is sent already, or while a record is being made. */
let silent = 0;

/**
 * Sends what the app writes to `console` as log records; it is printed as ever. An Error among the arguments becomes the
 * exception attributes. `console.table`, `assert` and `count` are in it, since Node has them write by these methods.
 * Returns what ends it.
 */
export function captureConsole(): () => void {
  let isStopped = false;
  for (const [name, [severityNumber, stream]] of Object.entries(METHODS)) {
    wrapMethod(
      console,
      name,
      (original: Method) =>
        function (...args) {
          if (!isStopped && silent === 0) withoutCapture(() => emit(name === 'log' ? 'info' : name, severityNumber, stream, args));
          return withoutCapture(() => Reflect.apply(original, this, args));
        },
    );
  }
  return () => {
    isStopped = true;
  };
}

/** Winston's console transport with `forceConsole` writes by `console.log` what is sent as a winston record. */
export function silenceWinstonConsole(winston: unknown): void {
  const transports: unknown = isObject(winston) ? Reflect.get(winston, 'transports') : undefined;
  const transport: unknown = isObject(transports) ? Reflect.get(transports, 'Console') : undefined;
  const prototype: unknown = isObject(transport) ? Reflect.get(transport, 'prototype') : undefined;
  if (!isObject(prototype)) return;
  wrapMethod(
    prototype,
    'log',
    (original) =>
      function (...args) {
        return withoutCapture(() => Reflect.apply(original, this, args));
      },
  );
}

function withoutCapture<Result>(write: () => Result): Result {
  silent += 1;
  try {
    return write();
  } finally {
    silent -= 1;
  }
}

function emit(severityText: string, severityNumber: number, stream: string, args: readonly unknown[]): void {
  const error = findError(args);
  if (error !== undefined) forgetCrash(error);
  logs.getLogger('console').emit({
    context: context.active(),
    timestamp: recordClock.now(),
    severityNumber,
    severityText,
    body: textOf(args),
    attributes: { 'log.iostream': stream, ...(error === undefined ? {} : exceptionAttributes(error)) },
  });
}

/** As the console prints it, but with an error's message for the error, whose stack is in its attributes. */
function textOf(args: readonly unknown[]): string {
  try {
    return format(...args.map((arg) => (isError(arg) ? arg.message : arg)));
  } catch {
    return '[Unreadable]';
  }
}
