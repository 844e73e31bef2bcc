import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** USER_HZ, which is 100 on every Linux of today. */
const TICKS_A_SECOND = 100;
/** A server is settled when it has used less than 5 % of a core in each of so many seconds that follow each other. */
const QUIET_CPU_SECONDS = 0.05;
const QUIET_SECONDS = 4;
/** A server that is never quiet is measured so far, and said to be. */
const MAX_SETTLE_MILLIS = 180_000;

/** Processor time of a process with all its threads, user and system, since it started. */
export function cpuSeconds(pid: number): number {
  return secondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Processor time of a Java process's threads that compile its code, those that have ended left out. */
export function compilerCpuSeconds(pid: number): number {
  return threadCpuSeconds(pid, / \(C[12] CompilerThre/);
}

/** Processor time of a Node process's threads that run JavaScript, those that have ended left out. */
export function scriptCpuSeconds(pid: number): number {
  return threadCpuSeconds(pid, / \((MainThread|node|WorkerThread)\) /);
}

function threadCpuSeconds(pid: number, name: RegExp): number {
  const directory = `/proc/${pid}/task`;
  let seconds = 0;
  for (const thread of readdirSync(directory)) {
    try {
      const line = readFileSync(path.join(directory, thread, 'stat'), 'utf8');
      if (name.test(line)) seconds += secondsIn(line);
    } catch {
      // It has just ended.
    }
  }
  return seconds;
}

/** Of a line of `stat`. */
function secondsIn(line: string): number {
  // The name, in brackets, may have spaces and brackets of its own.
  const fields = line.slice(line.lastIndexOf(') ') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Processor time of the whole machine in use since it started, over all cores. */
export function machineCpuSeconds(): number {
  const [, user, nice, system, , , irq, softirq, steal] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/ +/).map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / TICKS_A_SECOND;
}

/** The most memory that the process has had at once since it started, or since `resetPeakMemory`. */
export function peakMemoryBytes(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}

export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Resolves when the process has nothing to do any more; false when it never came to rest. */
export async function settle(pid: number): Promise<boolean> {
  const deadline = performance.now() + MAX_SETTLE_MILLIS;
  let last = cpuSeconds(pid);
  for (let quiet = 0; quiet < QUIET_SECONDS; ) {
    if (performance.now() > deadline) return false;
    await sleep(1_000);
    const now = cpuSeconds(pid);
    quiet = now - last < QUIET_CPU_SECONDS ? quiet + 1 : 0;
    last = now;
  }
  return true;
}

/** The blocks that the files below have on disk, as `du` counts them: a file that is mapped with room to spare is as large as what was written. */
export async function directoryBytes(directory: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    // Gone in between: files are merged.
    const found = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
    total += (found?.blocks ?? 0) * 512;
  }
  return total;
}
