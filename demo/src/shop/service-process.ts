import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, from where the SDK is found. */
const DEMO_DIRECTORY = fileURLToPath(new URL('../../', import.meta.url));
/** From start to the first answer; a machine that runs other things takes several seconds for five of them. */
const START_TIMEOUT_MILLIS = 60_000;
/** A service drains for three seconds at most. */
const STOP_TIMEOUT_MILLIS = 10_000;

export interface ServiceProcessOptions {
  readonly service: string;
  /** Beside this process's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the service prints goes to `<name>.log` here. */
  readonly logDirectory: string;
  /** Runs without the SDK, as a visitor's browser does. */
  readonly plain?: true;
}

/** A service of the shop in a process of its own, with nothing of ours in it but the SDK's `--import`. */
export interface ServiceProcess {
  readonly service: string;
  /** Where it listens. Rejects with the end of the process when that comes first. */
  readonly url: Promise<string>;
  /** Resolves with what a shell would report when the process has ended. */
  readonly exited: Promise<string>;
  /** SIGTERM, and SIGKILL for one that does not end. Safe to repeat. */
  stop(): Promise<void>;
}

export function startServiceProcess({ service, environment, logDirectory, plain }: ServiceProcessOptions): ServiceProcess {
  const log = openSync(path.join(logDirectory, `${service}.log`), 'a');
  const script = path.join(DEMO_DIRECTORY, 'dist', service, 'main.js');
  const child = spawn(process.execPath, plain ? [script] : ['--import', '@threadline/sdk/register', script], {
    cwd: DEMO_DIRECTORY,
    env: { ...process.env, OTEL_SERVICE_NAME: service, ...environment },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const exited = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return {
    service,
    url: plain ? Promise.resolve('') : firstUrl(child, service, exited),
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MILLIS);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function firstUrl(child: ChildProcess, service: string, exited: Promise<string>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null) return;
    if ('url' in message) resolve(String(message.url));
    if ('problem' in message) reject(new Error(`${service} cannot start: ${message.problem}`));
  });
  const timer = setTimeout(() => reject(new Error(`${service} is not ready after ${START_TIMEOUT_MILLIS / 1000} s`)), START_TIMEOUT_MILLIS);
  exited.then((how) => reject(new Error(`${service} ended before it was ready (${how})`)), reject);
  return promise.finally(() => clearTimeout(timer));
}
