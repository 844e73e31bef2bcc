import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeyLedger } from './key-ledger.ts';

const HOUR_MILLIS = 3_600_000;
const START = 500_000 * HOUR_MILLIS;
const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-keys-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('remembers over restarts what was synced', async () => {
  const ledger = await KeyLedger.open(directory, () => START);
  ledger.add(digest(1));
  await ledger.sync();
  ledger.add(digest(2));
  const reopened = await KeyLedger.open(directory, () => START);
  expect([1, 2].map((byte) => reopened.has(digest(byte)))).toEqual([true, false]);
});

it('reads over an entry that a crash cut off, and writes the next ones whole', async () => {
  const ledger = await KeyLedger.open(directory, () => START);
  ledger.add(digest(1));
  await ledger.sync();
  await appendFile(join(directory, '500000'), Buffer.alloc(7));
  const second = await KeyLedger.open(directory, () => START);
  second.add(digest(2));
  await second.sync();
  const third = await KeyLedger.open(directory, () => START);
  expect([1, 2, 3].map((byte) => third.has(digest(byte)))).toEqual([true, true, false]);
});

it('remembers for 24 hours and then gives the space back', async () => {
  let now = START;
  const ledger = await KeyLedger.open(directory, () => now);
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
