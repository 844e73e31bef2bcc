import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who writes a spool folder, as `owner.json` in it says. Enough to tell whether that process is still there, also after a restart of a container. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** The kernel's name of the processes' numbering; empty where there is none to read. */
  readonly pidNamespace: string;
  /** Of this start of the machine; empty where there is none to read. */
  readonly bootId: string;
  /** When the process started, in the kernel's ticks since the machine did; empty where there is none to read. */
  readonly startTicks: string;
}

/** An owner of another machine or container touches its folder every 30 s; after six of them it is taken for dead. */
const MAX_SILENCE_MILLIS = 180_000;

/** This process. */
export function describeOwner(): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    pidNamespace: readOr('', () => readlinkSync('/proc/self/ns/pid')),
    bootId: readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    startTicks: readStartTicks(process.pid),
  };
}

/** Undefined for what is no owner file. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const field = (name: string): string => String(Reflect.get(value, name) ?? '');
    const pid = Number(field('pid'));
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return {
      pid,
      host: field('host'),
      pidNamespace: field('pidNamespace'),
      bootId: field('bootId'),
      startTicks: field('startTicks'),
    };
  } catch {
    return undefined;
  }
}

/** Whether it certainly ended: by its process where that can be seen from here, else by its long silence. */
export function isDead(owner: Owner, self: Owner, silenceMillis: number): boolean {
  const isHere = owner.host === self.host && owner.pidNamespace === self.pidNamespace;
  if (isHere && owner.bootId !== self.bootId) return true;
  if (!isHere) return silenceMillis > MAX_SILENCE_MILLIS;
  if (!isRunning(owner.pid)) return true;
  if (owner.startTicks === '') return silenceMillis > MAX_SILENCE_MILLIS;
  return readStartTicks(owner.pid) !== owner.startTicks;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be asked, which says that it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Field 22 of `/proc/PID/stat`; the name in field 2 may hold blanks and brackets of its own. */
function readStartTicks(pid: number): string {
  const text = readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readOr(fallback: string, read: () => string): string {
  try {
    return read();
  } catch {
    return fallback;
  }
}
