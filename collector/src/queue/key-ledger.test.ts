import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeyLedger, type KeyLedgerOptions } from './key-ledger.ts';

const HOUR_MILLIS = 3_600_000;
const START = 500_000 * HOUR_MILLIS;
const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

let root: string;
let directory: string;
let forgotten: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'threadline-keys-'));
  directory = join(root, 'keys');
  forgotten = 0;
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function openLedger(nowMillis: () => number, limits?: KeyLedgerOptions['limits']): Promise<KeyLedger> {
  const onForgotten = (keys: number): void => {
    forgotten += keys;
  };
  return KeyLedger.open(directory, { nowMillis, onForgotten, ...(limits && { limits }) });
}

it('remembers over restarts what was synced', async () => {
  const ledger = await openLedger(() => START);
  ledger.add(digest(1));
  await ledger.sync();
  ledger.add(digest(2));
  const reopened = await openLedger(() => START);
  expect([1, 2].map((byte) => reopened.has(digest(byte)))).toEqual([true, false]);
});

it('reads over an entry that a crash cut off, and writes the next ones whole', async () => {
  const ledger = await openLedger(() => START);
  ledger.add(digest(1));
  await ledger.sync();
  await appendFile(join(directory, '500000'), Buffer.alloc(7));
  const second = await openLedger(() => START);
  second.add(digest(2));
  await second.sync();
  const third = await openLedger(() => START);
  expect([1, 2, 3].map((byte) => third.has(digest(byte)))).toEqual([true, true, false]);
});

it('remembers for 24 hours and then gives the space back', async () => {
  let now = START;
  const ledger = await openLedger(() => now);
  ledger.add(digest(1));
  await ledger.sync();
  now += 24 * HOUR_MILLIS;
  ledger.add(digest(2));
  await ledger.sync();
  expect(ledger.has(digest(1))).toBe(true);
  now += HOUR_MILLIS;
  ledger.add(digest(3));
  await ledger.sync();
  expect([1, 2, 3].map((byte) => ledger.has(digest(byte)))).toEqual([false, true, true]);
  expect(await readdir(directory)).toEqual(['500024', '500025']);
});

it('counts the hours of all processes together and no others, whatever each one’s clock begins with', async () => {
  let now = 5_000;
  let ledger = await openLedger(() => now);
  ledger.add(digest(1));
  await ledger.sync();
  // The machine began anew, or the clock was set: forward, and then far back.
  for (const [number, begin] of [1_000 * HOUR_MILLIS, 0, 3 * HOUR_MILLIS].entries()) {
    now = begin;
    ledger = await openLedger(() => now);
    expect(ledger.has(digest(1))).toBe(true);
    now += 8 * HOUR_MILLIS;
    ledger.add(digest(2 + number));
    await ledger.sync();
  }
  expect(ledger.has(digest(1))).toBe(true);
  now += 2 * HOUR_MILLIS;
  ledger.add(digest(9));
  await ledger.sync();
  expect([1, 2, 3, 4, 9].map((byte) => ledger.has(digest(byte)))).toEqual([false, true, true, true, true]);
  expect(forgotten).toBe(0);
});

it('goes on from its last key where a crash left nothing of its clock', async () => {
  let now = 0;
  const first = await openLedger(() => now);
  first.add(digest(1));
  now = 20 * HOUR_MILLIS;
  first.add(digest(2));
  await first.sync();
  await writeFile(join(root, 'keys-clock'), 'torn\0');
  const second = await openLedger(() => 0);
  expect([1, 2].map((byte) => second.has(digest(byte)))).toEqual([true, true]);
  second.add(digest(3));
  await second.sync();
  expect(await readdir(directory)).toEqual(['0', '20']);
});

it('forgets the oldest first where there are more than it may remember, never those that came last, and tells how many', async () => {
  let now = 0;
  const limits = { digests: 8, fileDigests: 3 };
  const ledger = await openLedger(() => now, limits);
  for (let byte = 1; byte <= 10; byte += 1) ledger.add(digest(byte));
  await ledger.sync();
  expect(forgotten).toBe(3);
  now = HOUR_MILLIS;
  for (let byte = 11; byte <= 13; byte += 1) ledger.add(digest(byte));
  await ledger.sync();
  const reopened = await openLedger(() => 0, limits);
  for (const each of [ledger, reopened])
    expect(Array.from({ length: 13 }, (_, index) => index + 1).filter((byte) => each.has(digest(byte)))).toEqual([7, 8, 9, 10, 11, 12, 13]);
  expect(forgotten).toBe(6);
  expect(await readdir(directory)).toEqual(['0-2', '0-3', '1']);
});
