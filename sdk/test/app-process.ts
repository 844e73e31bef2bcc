import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Node that apps run on; another one than that of the tests where `npm test -- --part sdk-node-22` says so. */
const NODE = process.env.SDK_TEST_NODE ?? process.execPath;
/** The apps run on the oldest Node (node-22-setup.ts), of which the documentation names what is less there. */
export const IS_OLDEST_NODE = process.env.SDK_TEST_NODE !== undefined;
const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));

export interface AppOptions {
  /** A file below fixtures. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** False for an app that starts the SDK itself. */
  readonly register?: boolean;
  /** What Node is given before the script, in place of the flag of `register`. */
  readonly nodeArgs?: readonly string[] | undefined;
  readonly args?: readonly string[];
}

export interface AppEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the moment the test asked it to end, or from its start. */
  readonly millis: number;
}

/** A process of its own under the SDK, and what it printed. */
export interface AppProcess {
  /** Standard output, a JSON value a line where it is one. */
  readonly lines: unknown[];
  stderr(): string;
  /** Resolves with the `ready` line's value; rejects with what the process said when it ends before. */
  ready(): Promise<Readonly<Record<string, number>>>;
  kill(signal: NodeJS.Signals): void;
  ended(): Promise<AppEnd>;
}

/** Apps that a test started and did not end. */
const running = new Set<ChildProcess>();
const spoolFolders = new Set<string>();

/** A folder for spools that no other test uses; it goes with the apps. */
export function createSpoolFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'threadline-spool-'));
  spoolFolders.add(folder);
  return folder;
}

export function startApp(options: AppOptions): AppProcess {
  const { NODE_OPTIONS: _own, ...inherited } = process.env;
  const clean = Object.fromEntries(Object.entries(inherited).filter(([name]) => !/^(OTEL_|THREADLINE_|VITEST)/.test(name)));
  const nodeArgs = options.nodeArgs ?? (options.register === false ? [] : ['--import', '@threadline/sdk/register']);
  const started = performance.now();
  let asked = started;
  const child = spawn(NODE, [...nodeArgs, `${FIXTURES}${options.script}`, ...(options.args ?? [])], {
    cwd: FIXTURES,
    env: { ...clean, OTEL_BSP_SCHEDULE_DELAY: '20', THREADLINE_SDK_SPOOL_DIR: createSpoolFolder(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: unknown[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map(parseLine));
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const closed = once(child, 'close').then(() => {
    running.delete(child);
    return { code: child.exitCode, signal: child.signalCode, millis: performance.now() - asked };
  });
  return {
    lines,
    stderr: () => errors,
    async ready() {
      await waitFor('the app is ready', () => readyOf(lines) !== undefined || child.exitCode !== null || child.signalCode !== null);
      const found = readyOf(lines);
      if (found === undefined) throw new Error(`the app ended with ${child.exitCode ?? child.signalCode}: ${errors}`);
      return found;
    },
    kill(signal) {
      asked = performance.now();
      child.kill(signal);
    },
    ended: () => closed,
  };
}

/** Ends every app that is still there. */
export async function killApps(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }),
  );
  for (const folder of spoolFolders) rmSync(folder, { recursive: true, force: true });
  spoolFolders.clear();
}

/** Waits for a fact with a deadline that a busy machine meets too; the error says which fact did not come. */
export async function waitFor(fact: string, isTrue: () => boolean, timeoutMillis = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMillis;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMillis} ms in vain: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

function readyOf(lines: readonly unknown[]): Readonly<Record<string, number>> | undefined {
  for (const line of lines) {
    if (typeof line === 'object' && line !== null && 'ready' in line && isPorts(line.ready)) return line.ready;
  }
  return undefined;
}

function isPorts(value: unknown): value is Readonly<Record<string, number>> {
  return typeof value === 'object' && value !== null;
}
