import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

describe('withLock', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'threadline-lock-'));
    file = path.join(directory, 'lock');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('lets one work at a time and tells the other whom it waits for', async () => {
    const order: string[] = [];
    const inside = Promise.withResolvers<void>();
    const waited = Promise.withResolvers<number>();
    const first = withLock({ file, onWait: () => order.push('never') }, async () => {
      inside.resolve();
      order.push('first begins');
      await waited.promise;
      order.push('first ends');
    });
    await inside.promise;
    const second = withLock({ file, onWait: waited.resolve }, async () => {
      order.push('second begins');
    });
    await Promise.all([first, second]);
    expect(await waited.promise).toBe(process.pid);
    expect(order).toEqual(['first begins', 'first ends', 'second begins']);
  });

  it('takes over from a process that is gone', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(file, String(gone));
    expect(await withLock({ file, onWait: () => expect.unreachable('nobody is there to wait for') }, async () => 'done')).toBe('done');
  });

  it('is free again after work that failed', async () => {
    await expect(withLock({ file, onWait: () => expect.unreachable() }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });
});
