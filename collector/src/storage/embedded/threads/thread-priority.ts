import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** As `nice` has it: others of the process get three times of the processor's time where there is not enough for all. */
const STEP = 5;

/**
 * Lets the process's other threads go before the calling one, for work that nobody waits for. Only Linux has a priority for each thread; elsewhere, and
 * where the system refuses, all stay alike.
 */
export function goBehindOthers(): void {
  if (process.platform !== 'linux') return;
  try {
    // `/proc/thread-self` is `<process>/task/<thread>`, and a thread's number is good wherever a process's is.
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(getPriority(thread) + STEP, 19));
  } catch {
    // Without /proc.
  }
}
