import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;
/** The digit. */
const ZERO = 48;

/** 32 hex digits, not all of them zero. */
export function createTraceId(): string {
  return randomHex(16);
}

/** 16 hex digits, not all of them zero. */
export function createSpanId(): string {
  return randomHex(8);
}

/** Drawn a page at a time, since each call of the system's generator costs more than all of an id. */
function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += bytes;
  const id = pool.toString('hex', start, used);
  return id.charCodeAt(0) === ZERO && /^0+$/.test(id) ? randomHex(bytes) : id;
}
