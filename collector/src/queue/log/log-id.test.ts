import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogId } from './log-id.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-identity-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the id of a log', () => {
  it('is made once', async () => {
    const logId = await openLogId(directory);
    expect(logId).toMatch(/^[0-9a-f]{32}$/);
    expect(await openLogId(directory)).toBe(logId);
    expect(await readFile(join(directory, 'id'), 'utf8')).toBe(`${logId}\n`);
  });

  it('is not replaced when it cannot be read', async () => {
    await writeFile(join(directory, 'id'), 'damaged');
    await expect(openLogId(directory)).rejects.toThrow('must hold 32 hex digits');
    expect(await readFile(join(directory, 'id'), 'utf8')).toBe('damaged');
  });
});
