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

/** The one that was started in this process, by whichever way. */
export function runningSdk(): SdkHandle | undefined {
  const running: unknown = Reflect.get(globalThis, RUNNING);
  return isHandle(running) ? running : undefined;
}

/** From now on this is the process's SDK. */
export function setRunningSdk(handle: SdkHandle): void {
  Object.defineProperty(globalThis, RUNNING, { value: handle, configurable: true });
}

function isHandle(value: unknown): value is SdkHandle {
  return typeof value === 'object' && value !== null && 'shutdown' in value;
}
