import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** One run of one process: a process id alone comes again, in containers even as 1 each time. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as its system tells it; compared, never read. Empty where it cannot be told. */
  readonly start: string;
}

const run = promisify(execFile);

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, host: hostname(), start: (await ownStart()) ?? '' };
}

export function isSameProcess(left: ProcessIdentity, right: ProcessIdentity): boolean {
  return left.pid === right.pid && left.host === right.host && left.start === right.start;
}

/** Undefined when the text is no identity in JSON. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null) return undefined;
  const { pid, host, start }: Partial<Record<keyof ProcessIdentity, unknown>> = content;
  return typeof pid === 'number' && typeof host === 'string' && typeof start === 'string' ? { pid, host, start } : undefined;
}

/** Undefined where its system does not tell. */
async function ownStart(): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') return await linuxStart();
    if (process.platform === 'win32') return undefined;
    return (await run('ps', ['-o', 'lstart=', '-p', String(process.pid)])).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/self/stat, clock ticks since boot, with the boot's own id. Source: proc(5). The name in field 2 may have spaces. */
async function linuxStart(): Promise<string | undefined> {
  const [stat, boot] = await Promise.all([readFile('/proc/self/stat', 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks && `${boot.trim()}/${ticks}`;
}
