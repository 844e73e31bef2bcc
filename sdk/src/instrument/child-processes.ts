import childProcess, { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { context } from '@opentelemetry/api';
import { correlationIdOf } from '../correlation/flow.ts';
import { writeContext } from '../messaging/carrier.ts';
import { CONTEXT_VARIABLES, followChannel, PARENT_VARIABLE } from './parent-process.ts';
import { loadsSdk } from './sdk-flags.ts';
import { isMethod, isObject, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.child-processes.patched');

/**
 * A child process that loads the SDK too is told the context that it is started in, by its environment. Messages between it and its parent carry the context of who sends
 * them, beside them: the messages are untouched. What is said without a context, or by a child without the SDK, is heard in the root context. Safe to repeat.
 */
export function followChildProcesses(): void {
  if (PATCHED in childProcess) return;
  Object.defineProperty(childProcess, PATCHED, { value: true });
  wrapMethod(
    ChildProcess.prototype,
    'spawn',
    (original) =>
      function (options, ...rest) {
        const started = readStart(options);
        if (started.isFollowed) addContext(started.variables);
        if (started.isFollowed && hasChannel(options)) started.variables.push(`${PARENT_VARIABLE}=1`);
        const answer: unknown = Reflect.apply(original, this, [options, ...rest]);
        if (isObject(this) && isMethod(Reflect.get(this, 'send'))) followChannel(this, started.isFollowed);
        return answer;
      },
  );
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const)
    wrapMethod(childProcess, name, (original) => {
      return function (...args) {
        return Reflect.apply(original, this, withContext(args));
      };
    });
  syncBuiltinESMExports();
}

interface Started {
  readonly isFollowed: boolean;
  /** `NAME=value`; what is added is in the child's environment. */
  readonly variables: string[];
}

/** Of what Node itself hands from `spawn`, `exec`, `execFile` and `fork` to a new process. */
function readStart(options: unknown): Started {
  const pairs: unknown = isObject(options) ? Reflect.get(options, 'envPairs') : undefined;
  const args: unknown = isObject(options) ? Reflect.get(options, 'args') : undefined;
  const variables = Array.isArray(pairs) ? pairs : [];
  const variable = (name: string): unknown =>
    variables.findLast((pair: unknown) => typeof pair === 'string' && pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const isFollowed = loadsSdk({
    flags: Array.isArray(args) ? args : [],
    nodeOptions: variable('NODE_OPTIONS'),
    isDisabled: variable('OTEL_SDK_DISABLED'),
  });
  return { isFollowed, variables };
}

/** Whether it can be sent messages: `fork`, or `stdio` with `ipc`. */
function hasChannel(options: unknown): boolean {
  const stdio: unknown = isObject(options) ? Reflect.get(options, 'stdio') : undefined;
  return Array.isArray(stdio) && stdio.includes('ipc');
}

/** What the app itself puts there stays. */
function addContext(variables: string[]): void {
  const active = context.active();
  if (correlationIdOf(active) === undefined) return;
  if (CONTEXT_VARIABLES.some((name) => variables.some((pair) => pair.startsWith(`${name}=`)))) return;
  for (const [name, value] of Object.entries(writeContext(active))) variables.push(`${name.toUpperCase()}=${value}`);
}

/** Arguments of `spawnSync` and its like with the context in `options.env`, where the child loads the SDK. */
function withContext(args: readonly unknown[]): readonly unknown[] {
  const active = context.active();
  if (correlationIdOf(active) === undefined) return args;
  const last = args.at(-1);
  const options: object = args.length > 1 && isObject(last) && !Array.isArray(last) ? last : {};
  const own: unknown = Reflect.get(options, 'env');
  const environment = isObject(own) ? own : process.env;
  const isFollowed = loadsSdk({
    flags: args.flat(),
    nodeOptions: Reflect.get(environment, 'NODE_OPTIONS'),
    isDisabled: Reflect.get(environment, 'OTEL_SDK_DISABLED'),
  });
  if (!isFollowed || CONTEXT_VARIABLES.some((name) => name in environment)) return args;
  const fields = Object.entries(writeContext(active)).map(([name, value]) => [name.toUpperCase(), value]);
  const given = options === last ? args.slice(0, -1) : args;
  return [...given, { ...options, env: { ...environment, ...Object.fromEntries(fields) } }];
}
