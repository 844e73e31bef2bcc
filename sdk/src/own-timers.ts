/** A module instance's: those of the moment until they are held. */
let held: Pick<typeof globalThis, 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate' | 'clearImmediate'> =
  globalThis;

/**
 * From now on what the SDK itself waits for goes by the timers that there are now. Tests put others in their place (`mock.timers` of node:test, fake timers of
 * Jest, Vitest and Sinon), which stop the app's time: what is sent, and when a test gives up, must not stop with it. Safe to repeat.
 */
export function holdTimers(): void {
  if (held !== globalThis) return;
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate } = globalThis;
  held = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate };
}

/** As Node's. */
export function setTimeout(callback: () => void, millis: number): NodeJS.Timeout {
  return held.setTimeout(callback, millis);
}

/** As Node's. */
export function clearTimeout(timer: NodeJS.Timeout | undefined): void {
  held.clearTimeout(timer);
}

/** As Node's. */
export function setInterval(callback: () => void, millis: number): NodeJS.Timeout {
  return held.setInterval(callback, millis);
}

/** As Node's. */
export function clearInterval(timer: NodeJS.Timeout | undefined): void {
  held.clearInterval(timer);
}

/** As Node's. */
export function setImmediate(callback: () => void): NodeJS.Immediate {
  return held.setImmediate(callback);
}

/** As Node's. */
export function clearImmediate(timer: NodeJS.Immediate | undefined): void {
  held.clearImmediate(timer);
}
