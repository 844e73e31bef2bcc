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
        const variables = variablesOf(options);
        const environment = Object.fromEntries(variables.map((pair) => splitPair(pair)));
        const isFollowed = loadsSdk(argumentsOf(options), environment);
        if (isFollowed) {
          for (const [name, value] of contextVariables(environment)) variables.push(`${name}=${value}`);
          if (hasChannel(options)) variables.push(`${PARENT_VARIABLE}=1`);
        }
        const answer: unknown = Reflect.apply(original, this, [options, ...rest]);
        if (isObject(this) && isMethod(Reflect.get(this, 'send'))) followChannel(this, isFollowed);
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

/** `NAME=value`, of what Node itself hands from `spawn`, `exec`, `execFile` and `fork` to a new process; what is added is in its environment. */
function variablesOf(options: unknown): string[] {
  const pairs: unknown = isObject(options) ? Reflect.get(options, 'envPairs') : undefined;
  return Array.isArray(pairs) ? pairs : [];
}

function splitPair(pair: string): [name: string, value: string] {
  const end = pair.indexOf('=');
  return [pair.slice(0, end), pair.slice(end + 1)];
}

function argumentsOf(options: unknown): readonly unknown[] {
  const args: unknown = isObject(options) ? Reflect.get(options, 'args') : undefined;
  return Array.isArray(args) ? args : [];
}

/** Whether it can be sent messages: `fork`, or `stdio` with `ipc`. */
function hasChannel(options: unknown): boolean {
  const stdio: unknown = isObject(options) ? Reflect.get(options, 'stdio') : undefined;
  return Array.isArray(stdio) && stdio.includes('ipc');
}

/** The running code's context as variables; none where there is no flow, or where the app itself put a context there. */
function contextVariables(environment: object): [name: string, value: string][] {
  const active = context.active();
  if (correlationIdOf(active) === undefined || CONTEXT_VARIABLES.some((name) => name in environment)) return [];
  return Object.entries(writeContext(active)).map(([name, value]) => [name.toUpperCase(), value]);
}

/** Arguments of `spawnSync` and its like with the context in `options.env`, where the child loads the SDK. */
function withContext(args: readonly unknown[]): readonly unknown[] {
  const last = args.at(-1);
  const options: object = args.length > 1 && isObject(last) && !Array.isArray(last) ? last : {};
  const own: unknown = Reflect.get(options, 'env');
  const environment = isObject(own) ? own : process.env;
  const added = loadsSdk(args.flat(), environment) ? contextVariables(environment) : [];
  if (added.length === 0) return args;
  const given = options === last ? args.slice(0, -1) : args;
  return [...given, { ...options, env: { ...environment, ...Object.fromEntries(added) } }];
}
