import type { Counters } from './counters.ts';

/** A running SDK. */
export interface SdkHandle {
  /** Sends what has ended, within five seconds, and stops. Safe to repeat; never rejects. */
  shutdown(): Promise<void>;
  /** What was refused or lost since the start, as a copy. */
  counters(): Readonly<Counters>;
}

/** One SDK a process, also when the app and `register` load different copies of this package. */
const RUNNING = Symbol.for('threadline.sdk.running');

/** Whether it has ended: what it changed of the app cannot be begun anew. */
const STOPPED = Symbol.for('threadline.sdk.stopped');
/** What who asks for it to start again is told. */
export const STOPPED_LINE = 'threadline: the SDK was shut down in this process and does not start again';

/** The one that was started in this process, by whichever way. */
export function runningSdk(): SdkHandle | undefined {
  const running: unknown = Reflect.get(globalThis, RUNNING);
  return isHandle(running) ? running : undefined;
}

/** From now on this is the process's SDK. */
export function setRunningSdk(handle: SdkHandle): void {
  Object.defineProperty(globalThis, RUNNING, { value: handle, configurable: true });
}

/** From now on nothing starts in this process. */
export function setSdkStopped(): void {
  Reflect.set(globalThis, STOPPED, true);
}

export function isSdkStopped(): boolean {
  return Reflect.has(globalThis, STOPPED);
}

function isHandle(value: unknown): value is SdkHandle {
  return typeof value === 'object' && value !== null && 'shutdown' in value;
}
