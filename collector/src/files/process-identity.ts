import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** One run of one process: a process id alone comes again, in a container even as 1 each time. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as its system tells it; compared, never read. Empty where it cannot be told. */
  readonly start: string;
}

const run = promisify(execFile);

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, host: hostname(), start: (await processStart(process.pid)) ?? '' };
}

/**
 * Whether the very process is still there. One of another host cannot be asked and counts as gone: the lock that the
 * system itself keeps on the database file is what decides then.
 */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.host !== hostname() || !exists(identity.pid)) return false;
  const start = await processStart(identity.pid);
  return start === undefined || identity.start === '' || start === identity.start;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Undefined when the process is gone or its system does not tell. */
async function processStart(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') return await linuxStart(pid);
    if (process.platform === 'win32') return undefined;
    return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/<pid>/stat, clock ticks since boot, with the boot's own id. Source: proc(5). The name in field 2 may have spaces. */
async function linuxStart(pid: number): Promise<string | undefined> {
  const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks && `${boot.trim()}/${ticks}`;
}
