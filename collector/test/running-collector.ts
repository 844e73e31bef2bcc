import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MEMORY_SETTINGS } from '../../scripts/workspace/memory-settings.mjs';
import type { CollectorAddresses } from '../src/collector.ts';

/** What `npm run build` makes; these tests run what a user runs. */
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const START_MILLIS = 60_000;

export interface RunningCollector extends CollectorAddresses {
  readonly process: ChildProcess;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Ends it with the signal and answers with its exit code; null when the signal ended it. Safe to repeat. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface EndedCollector {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built collector as a process of its own, with the memory settings of `npm start`, ready, on ports that the system gave it. */
export async function startCollector(directory: string, settings: Record<string, string> = {}): Promise<RunningCollector> {
  const { child, stdout, stderr, exited } = launch(directory, settings);
  const timeout = AbortSignal.timeout(START_MILLIS);
  const first = await Promise.race([once(child, 'message', { signal: timeout }), exited.then(() => undefined)]);
  const message: unknown = first?.[0];
  if (!isReadyMessage(message)) throw new Error(`the collector ended before it was ready:\n${stdout()}${stderr()}`);
  return {
    ...message.addresses,
    process: child,
    stdout,
    stderr,
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

/** The built collector, started to fail; `command` runs it, as `unshare` does, where it is not run as it is. */
export async function failToStart(
  directory: string,
  settings: Record<string, string> = {},
  command?: readonly [program: string, ...words: string[]],
): Promise<EndedCollector> {
  const { child, stdout, stderr, exited } = launch(directory, settings, command);
  const killer = setTimeout(() => child.kill('SIGKILL'), START_MILLIS);
  const exitCode = await exited;
  clearTimeout(killer);
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

/** A directory of this test's own, and what removes it. */
export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'threadline-collector-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function launch(directory: string, settings: Record<string, string>, command?: readonly [program: string, ...words: string[]]) {
  const [execPath, ...words] = command ?? [process.execPath];
  const child = fork(MAIN, {
    silent: true,
    execPath,
    execArgv: command ? [...words, process.execPath] : [],
    env: {
      ...MEMORY_SETTINGS,
      PATH: process.env.PATH,
      THREADLINE_DATA_DIR: directory,
      THREADLINE_OTLP_HTTP_PORT: '0',
      THREADLINE_OTLP_GRPC_PORT: '0',
      THREADLINE_UI_PORT: '0',
      ...settings,
    },
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, exited, stdout: collect(child.stdout), stderr: collect(child.stderr) };
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function isReadyMessage(message: unknown): message is { readonly addresses: CollectorAddresses } {
  return typeof message === 'object' && message !== null && 'addresses' in message;
}
