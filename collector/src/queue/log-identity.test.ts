import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogIdentity } from './log-identity.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-identity-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the log identity of a data directory', () => {
  it('is made once and counts the starts', async () => {
    const first = await openLogIdentity(directory);
    expect(first.logId).toMatch(/^[0-9a-f]{32}$/);
    expect(await openLogIdentity(directory)).toEqual({ logId: first.logId, startNumber: first.startNumber + 1 });
    expect(await readFile(join(directory, 'log-id'), 'utf8')).toBe(`${first.logId}\n`);
  });

  it('gives processes that start at the same moment different numbers', async () => {
    const identities = await Promise.all(Array.from({ length: 8 }, () => openLogIdentity(directory)));
    expect(new Set(identities.map(({ startNumber }) => startNumber)).size).toBe(8);
  });

  it('keeps only the last start numbers', async () => {
    for (let start = 0; start < 15; start++) await openLogIdentity(directory);
    const kept = (await readdir(join(directory, 'log-starts'))).sort();
    expect(kept.at(-1)).toBe('00000015');
    expect(kept.length).toBeLessThan(12);
  });

  it('is not replaced when it cannot be read', async () => {
    await writeFile(join(directory, 'log-id'), 'damaged');
    await expect(openLogIdentity(directory)).rejects.toThrow('must hold 32 hex digits');
    expect(await readFile(join(directory, 'log-id'), 'utf8')).toBe('damaged');
  });
});
