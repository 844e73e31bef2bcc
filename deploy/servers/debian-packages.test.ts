import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutAutostart } from './debian-packages.mjs';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'threadline-packages-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('withoutAutostart', () => {
  it('forbids to start services during the work alone', async () => {
    const file = join(directory, 'policy-rc.d');
    const seen = await withoutAutostart(async () => ({ text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 }), file);
    expect(seen.text).toMatch(/^#!\/bin\/sh\n.*\nexit 101\n$/);
    expect(seen.mode).toBe(0o755);
    expect(existsSync(file)).toBe(false);
  });

  it('takes the rule back after work that failed', async () => {
    const file = join(directory, 'policy-rc.d');
    await expect(withoutAutostart(() => Promise.reject(new Error('no')), file)).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  it('leaves the machine’s own rule as it is', async () => {
    const file = join(directory, 'policy-rc.d');
    writeFileSync(file, '#!/bin/sh\nexit 0\n');
    expect(await withoutAutostart(async () => 'done', file)).toBe('done');
    expect(readFileSync(file, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  });

  it('removes its own rule that a killed installation left', async () => {
    const file = join(directory, 'policy-rc.d');
    const left = await withoutAutostart(async () => readFileSync(file, 'utf8'), file);
    writeFileSync(file, left);
    await withoutAutostart(async () => undefined, file);
    expect(existsSync(file)).toBe(false);
  });
});
