import { format } from 'node:util';
import {
  type ContextManager,
  type DiagLogger,
  DiagLogLevel,
  diag,
  type LoggerProvider,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import type { OpenTelemetryApi } from './telemetry-api.ts';

/** What an SDK makes known to every copy of OpenTelemetry's API in the process. */
export interface TelemetryGlobals {
  readonly tracerProvider: TracerProvider;
  readonly contextManager: ContextManager;
  readonly propagator: TextMapPropagator;
  readonly loggerProvider: LoggerProvider;
}

/** The object in which all copies of the API of this major version look: what is registered by its name, and the version of whoever was first. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');
const NAMES: ReadonlyMap<string, string> = new Map([
  ['trace', 'tracer provider'],
  ['context', 'context manager'],
  ['propagation', 'propagator'],
  ['logs', 'logger provider'],
]);
const ADVICE = 'remove it, or put this one into it with new NodeSDK({ ...threadline() }) in place of register and start';
const DUPLICATE = /^(?:Error: )?@opentelemetry\/api: Attempted duplicate registration of API: (\w+)/;
const OTHER_VERSION =
  /^(?:Error: )?@opentelemetry\/api: Registration of version v(\S+) for (\w+) does not match previously registered API v(\S+)/;

/** Makes an SDK known. What another one registered before stays its own, and `tell` hears of it in one line. */
export function registerGlobals(api: OpenTelemetryApi, globals: TelemetryGlobals, tell: (line: string) => void): void {
  const before = readRegistry();
  inOwnRegistry(() => {
    if (before?.trace === undefined) api.trace.setGlobalTracerProvider(globals.tracerProvider);
    if (before?.context === undefined) api.context.setGlobalContextManager(globals.contextManager);
    if (before?.propagation === undefined) api.propagation.setGlobalPropagator(globals.propagator);
    if (before?.logs === undefined) api.logs.setGlobalLoggerProvider(globals.loggerProvider);
  });
  const taken = [...NAMES].filter(([name]) => before?.[name] !== undefined).map(([, words]) => words);
  if (taken.length === 0) return;
  tell(
    `threadline: another OpenTelemetry SDK registered its ${joinWords(taken)} before this one, ` +
      `so that what goes there is not sent to the collector; ${ADVICE}`,
  );
}

/**
 * Tells what OpenTelemetry's API says of itself, from `diagLevel` on, and without one whoever was told before; not the console, whose output is the app's.
 * The API says there, and nowhere else, that it did not take what somebody registered: `tell` hears of that in a line, once, unless somebody sets another
 * logger.
 */
export function listenToApi(diagLevel: DiagLogLevel | undefined, tell: (line: string) => void): void {
  const before = readRegistry()?.diag;
  const inner = diagLevel !== undefined ? createLineLogger(tell) : isDiagLogger(before) ? before : undefined;
  const told = new Set<string>();
  const logger: DiagLogger = {
    error(message, ...more) {
      const refusal = describeRefusal(message);
      if (refusal !== undefined && !told.has(refusal.kind)) {
        told.add(refusal.kind);
        tell(refusal.line);
      }
      inner?.error(message, ...more);
    },
    warn: (message, ...more) => inner?.warn(message, ...more),
    info: (message, ...more) => inner?.info(message, ...more),
    debug: (message, ...more) => inner?.debug(message, ...more),
    verbose: (message, ...more) => inner?.verbose(message, ...more),
  };
  const logLevel = diagLevel ?? (inner === undefined ? DiagLogLevel.ERROR : DiagLogLevel.ALL);
  inOwnRegistry(() => diag.setLogger(logger, { logLevel }));
}

function createLineLogger(tell: (line: string) => void): DiagLogger {
  const write: DiagLogger['info'] = (message, ...more) => tell(format(message, ...more));
  return { error: write, warn: write, info: write, debug: write, verbose: write };
}

/**
 * The API takes nothing beside another version of itself that registered anything first, be it a logger for its own messages,
 * and answers false. So ours goes into a new registry, and both then are one, of the newer version: a copy reads what one of
 * its own or of a newer minor version registered.
 */
function inOwnRegistry(register: () => void): void {
  const before = readRegistry();
  if (before !== undefined) Reflect.set(globalThis, REGISTRY, undefined);
  register();
  const own = readRegistry();
  if (before === undefined || own === undefined) return;
  Reflect.set(globalThis, REGISTRY, { ...before, ...own, version: newerOf(before.version, own.version) });
}

interface Registry {
  readonly version: string;
  readonly [name: string]: unknown;
}

function readRegistry(): Registry | undefined {
  const registry: unknown = Reflect.get(globalThis, REGISTRY);
  return isRegistry(registry) ? registry : undefined;
}

function isRegistry(value: unknown): value is Registry {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string';
}

function newerOf(one: string, other: string): string {
  return one.localeCompare(other, 'en', { numeric: true }) > 0 ? one : other;
}

function isDiagLogger(value: unknown): value is DiagLogger {
  return typeof value === 'object' && value !== null && 'error' in value;
}

interface Refusal {
  readonly kind: string;
  readonly line: string;
}

/** Undefined for whatever else the API has to say. */
function describeRefusal(message: string): Refusal | undefined {
  const [, name = ''] = DUPLICATE.exec(message) ?? [];
  if (NAMES.has(name)) {
    return {
      kind: 'another SDK',
      line:
        `threadline: another OpenTelemetry SDK (${callerOf(message)}) was started after this one and is not registered, ` +
        `so that its spans are missing or made beside ours; ${ADVICE}`,
    };
  }
  const [, registered, kind, refused] = OTHER_VERSION.exec(message) ?? [];
  if (kind === undefined || kind === 'diag') return undefined;
  return {
    kind,
    line:
      `threadline: @opentelemetry/api ${refused} cannot register its ${NAMES.get(kind) ?? kind} (${callerOf(message)}) beside ${registered}, ` +
      `so that it is not used; install one version, ${registered}: npm ls @opentelemetry/api names who brings which`,
  };
}

/** The package, else the file, that called the API, from the stack that the API gives with its message. */
function callerOf(message: string): string {
  for (const line of message.split('\n').slice(1)) {
    const [, place = ''] = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()]+?):\d+:\d+\)?$/.exec(line) ?? [];
    const path = place.replaceAll('\\', '/');
    if (path === '' || path.startsWith('node:') || path.includes('/@opentelemetry/api/')) continue;
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return name ?? path;
  }
  return 'of an unknown place';
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
