import {
  type ContextManager,
  context,
  DiagLogLevel,
  type LoggerProvider,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';
import { ownApi } from './telemetry-api.ts';
import { listenToApi, registerGlobals } from './telemetry-globals.ts';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');
const OURS = trace.getTracer('ours');
const contextManager: ContextManager = {
  active: () => ROOT_CONTEXT.setValue(REGISTRY, 'ours'),
  with: (_context, run, self, ...args) => run.call(self, ...args),
  bind: (_context, target) => target,
  enable: () => contextManager,
  disable: () => contextManager,
};
const propagator: TextMapPropagator = { inject: () => undefined, extract: (given) => given, fields: () => [] };
const loggerProvider: LoggerProvider = { getLogger: () => ({ emit: () => undefined, enabled: () => true }) };
const GLOBALS = { tracerProvider: { getTracer: () => OURS }, contextManager, propagator, loggerProvider };

afterEach(() => {
  Reflect.deleteProperty(globalThis, REGISTRY);
  vi.restoreAllMocks();
});

function registryOf(): Record<string, unknown> {
  return Object(Reflect.get(globalThis, REGISTRY));
}

it.each(['1.4.1', '1.9.1', '1.999.0'])('registers beside an API of version %s that was first, in the newer version of both', (version) => {
  const lines: string[] = [];
  const metrics = {};
  Reflect.set(globalThis, REGISTRY, Object.freeze({ version, metrics }));
  listenToApi(undefined, (line) => void lines.push(line));
  registerGlobals(ownApi, GLOBALS, (line) => void lines.push(line));
  expect(context.active().getValue(REGISTRY)).toBe('ours');
  expect(registryOf().metrics).toBe(metrics);
  expect(registryOf().version).toBe(version === '1.999.0' ? version : '1.10.0');
  expect(lines).toEqual([]);
});

it('tells what the API says of itself from a level on, and nothing on the console, which is the app’s', () => {
  const lines: string[] = [];
  const console = (['log', 'info', 'debug', 'warn', 'error'] as const).map((method) => vi.spyOn(globalThis.console, method));
  listenToApi(DiagLogLevel.INFO, (line) => void lines.push(line));
  lines.length = 0;
  const { diag } = registryOf();
  for (const level of ['error', 'info', 'debug']) Reflect.get(Object(diag), level)(`said at ${level}`, { number: 1 });
  expect(lines).toEqual(['said at error { number: 1 }', 'said at info { number: 1 }']);
  for (const method of console) expect(method).not.toHaveBeenCalled();
});

it('leaves what another SDK registered, and tells of it', () => {
  const lines: string[] = [];
  const theirs = { active: () => ROOT_CONTEXT };
  Reflect.set(globalThis, REGISTRY, { version: '1.9.1', context: theirs, logs: {}, trace: undefined });
  registerGlobals(ownApi, GLOBALS, (line) => void lines.push(line));
  expect(registryOf().context).toBe(theirs);
  expect(registryOf().propagation).toBe(propagator);
  expect(lines).toEqual([
    expect.stringMatching(/^threadline: another OpenTelemetry SDK registered its context manager and logger provider before this one, /),
  ]);
});

it.each([
  ['    at TraceAPI.setGlobalTracerProvider (/a/node_modules/@opentelemetry/api/build/src/api/trace.js:40:1)', 'of an unknown place'],
  ['    at init (file:///a/node_modules/.pnpm/x@1/node_modules/@sentry/node/init.js:1:2)', '@sentry/node'],
  ['    at init (C:\\a\\node_modules\\other-sdk\\init.js:1:2)', 'other-sdk'],
  ['    at async file:///a/own.mjs:7:8', 'file:///a/own.mjs'],
  ['    at async ModuleJob.run (node:internal/modules/esm/module_job:1:2)\n    at /a/own.cjs:7:8', '/a/own.cjs'],
])('names who could not register by the stack that the API gives: %j', (stack, caller) => {
  const lines: string[] = [];
  listenToApi(undefined, (line) => void lines.push(line));
  const { diag } = registryOf();
  Reflect.get(Object(diag), 'error')(`Error: @opentelemetry/api: Attempted duplicate registration of API: trace\n${stack}`);
  expect(lines[0]).toMatch('threadline: another OpenTelemetry SDK (');
  expect(lines[0]?.slice(0, lines[0].indexOf(') was started'))).toBe(`threadline: another OpenTelemetry SDK (${caller}`);
});
