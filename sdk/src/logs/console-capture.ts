import { format, inspect } from 'node:util';
import { context, logs } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import { isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { withoutColours } from './colours.ts';
import { forgetCrash } from './crash-records.ts';
import { exceptionAttributes, findError, isError, messageOf } from './exception.ts';
import { propertyOf } from './thrown-value.ts';

interface ConsoleMethod {
  readonly severityText: string;
  readonly severityNumber: number;
  /** That the record also goes to. */
  readonly stream: 'stdout' | 'stderr';
  /** What the method prints of its arguments. */
  readonly print: (args: readonly unknown[]) => string;
}

const METHODS: Readonly<Record<string, ConsoleMethod>> = {
  trace: { severityText: 'trace', severityNumber: 1, stream: 'stderr', print: printLine },
  debug: { severityText: 'debug', severityNumber: 5, stream: 'stdout', print: printLine },
  log: { severityText: 'info', severityNumber: 9, stream: 'stdout', print: printLine },
  info: { severityText: 'info', severityNumber: 9, stream: 'stdout', print: printLine },
  dir: { severityText: 'info', severityNumber: 9, stream: 'stdout', print: printObject },
  dirxml: { severityText: 'info', severityNumber: 9, stream: 'stdout', print: printLine },
  warn: { severityText: 'warn', severityNumber: 13, stream: 'stderr', print: printLine },
  error: { severityText: 'error', severityNumber: 17, stream: 'stderr', print: printLine },
};

type Write = (original: Method, console: unknown, args: unknown[], captured: Method) => unknown;

/** How those are called that do not print the same when a function of ours calls them. */
const WRITERS: Readonly<Record<string, Write>> = { trace: writeTrace, error: writeError };

/** Above zero while something writes to the console whose record is sent already, or while a record is being made. */
let silent = 0;
/** The lines of the stack that `console.trace` is about to print by `console.error`, without ours. */
let traceLines = '';

/**
 * Sends what the app writes to `console` as log records; it is printed as ever, and none of its getters is called. An Error among the arguments becomes the
 * exception attributes. `console.table`, `assert` and `count` are in it, since Node has them write by these methods.
 * Returns what ends it.
 */
export function captureConsole(): () => void {
  let isStopped = false;
  for (const [name, method] of Object.entries(METHODS)) {
    wrapMethod(console, name, (original) => {
      const write = WRITERS[name] ?? Reflect.apply;
      return function captured(...args) {
        if (!isStopped && silent === 0) withoutCapture(() => emit(method, args));
        return withoutCapture(() => write(original, this, args, captured));
      };
    });
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

/** Node's own begins with our functions: here it is to print none, and the app's come by `console.error`, which it calls. */
function writeTrace(original: Method, console: unknown, args: unknown[], captured: Method): unknown {
  const holder = {};
  Error.captureStackTrace(holder, captured);
  const stack = propertyOf(holder, 'stack');
  const limit = Error.stackTraceLimit;
  if (typeof stack !== 'string' || !stack.includes('\n') || !Reflect.set(Error, 'stackTraceLimit', 0))
    return Reflect.apply(original, console, args);
  traceLines = stack.slice(stack.indexOf('\n'));
  try {
    return Reflect.apply(original, console, args);
  } finally {
    traceLines = '';
    Error.stackTraceLimit = limit;
  }
}

function writeError(original: Method, console: unknown, args: unknown[]): unknown {
  const [head] = args;
  return Reflect.apply(original, console, traceLines === '' || typeof head !== 'string' ? args : [`${head}${traceLines}`]);
}

function emit({ severityText, severityNumber, stream, print }: ConsoleMethod, args: readonly unknown[]): void {
  const error = findError(args);
  if (error !== undefined) forgetCrash(error);
  logs.getLogger('console').emit({
    context: context.active(),
    timestamp: recordClock.now(),
    severityNumber,
    severityText,
    body: textOf(print, args),
    attributes: { 'log.iostream': stream, ...(error === undefined ? {} : exceptionAttributes(error)) },
  });
}

/** As the console prints it, but with an error's message for the error, whose stack is in its attributes, and without colours. */
function textOf(print: ConsoleMethod['print'], args: readonly unknown[]): string {
  try {
    return withoutColours(print(args.map((arg) => (isError(arg) ? messageOf(arg) : arg))));
  } catch {
    return '[Unreadable]';
  }
}

function printLine(args: readonly unknown[]): string {
  return format(...args);
}

function printObject([object, options]: readonly unknown[]): string {
  return typeof object === 'string' ? object : inspect(object, { customInspect: false, ...(isObject(options) ? options : {}) });
}
