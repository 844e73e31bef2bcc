import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SpoolFile, SpoolFolder } from './spool-folder.ts';

describe('SpoolFolder', () => {
  let parent = '';
  let root = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'threadline-folder-'));
    root = join(parent, 'spool');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  function writeFile(folder: SpoolFolder, createdMillis = 1_700_000_000_000): SpoolFile {
    const file = folder.newFile('traces', createdMillis);
    writeFileSync(file.path, 'batches');
    return file;
  }

  it('makes nothing before there is something to keep, and then for this user alone', () => {
    const folder = new SpoolFolder(root, undefined);
    expect(existsSync(root)).toBe(false);
    const { path } = writeFile(folder);
    for (const made of [root, dirname(path)]) expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(basename(path)).toMatch(/^traces-1700000000000-[0-9a-f]{8}\.batches$/);
    expect(readdirSync(dirname(path))).toContain('owner.json');
  });

  it('leaves the files of a process that lives alone', async () => {
    writeFile(new SpoolFolder(root, undefined));
    expect(await new SpoolFolder(root, undefined).adopt()).toEqual([]);
  });

  it('takes over what was released, oldest first, and removes the empty folder', async () => {
    const first = new SpoolFolder(root, undefined);
    const newer = writeFile(first, 1_700_000_000_002);
    const older = writeFile(first, 1_700_000_000_001);
    first.releaseSync();
    const second = new SpoolFolder(root, undefined);
    const adopted = await second.adopt();
    expect(adopted.map(({ path, createdMillis }) => [basename(path), createdMillis])).toEqual([
      [basename(older.path), older.createdMillis],
      [basename(newer.path), newer.createdMillis],
    ]);
    expect(existsSync(dirname(newer.path))).toBe(false);
    expect(adopted.every(({ path }) => existsSync(path))).toBe(true);
  });

  it('gives each file to one of several that want it', async () => {
    const first = new SpoolFolder(root, undefined);
    for (let index = 0; index < 20; index += 1) writeFile(first);
    first.releaseSync();
    const others = [new SpoolFolder(root, undefined), new SpoolFolder(root, undefined), new SpoolFolder(root, undefined)];
    const adopted = (await Promise.all(others.map((folder) => folder.adopt()))).flat();
    expect(new Set(adopted.map(({ path }) => basename(path))).size).toBe(20);
    expect(adopted).toHaveLength(20);
  });

  it('leaves nothing behind when nothing is left to send', () => {
    const folder = new SpoolFolder(root, undefined);
    rmSync(writeFile(folder).path);
    folder.releaseSync();
    expect(readdirSync(root)).toEqual([]);
  });

  it('lets the next process have what is written after the release', async () => {
    const first = new SpoolFolder(root, undefined);
    first.releaseSync();
    writeFile(first);
    expect(await new SpoolFolder(root, undefined).adopt()).toHaveLength(1);
  });

  it('ignores whatever else lies there', async () => {
    for (const name of ['notes', '1-00000000']) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, 'notes', 'traces-1700000000000-00000000.batches'), 'not ours');
    writeFileSync(join(root, '1-00000000', 'README'), 'not ours');
    expect(await new SpoolFolder(root, undefined).adopt()).toEqual([]);
    expect(existsSync(join(root, '1-00000000', 'README'))).toBe(true);
  });

  it('keeps the four latest files that were set aside', async () => {
    const folder = new SpoolFolder(root, undefined);
    for (let index = 0; index < 6; index += 1) {
      const path = await folder.setAside(writeFile(folder, 1_700_000_000_000 + index));
      expect(path).toContain('set-aside');
    }
    expect(
      readdirSync(join(root, 'set-aside'))
        .map((name) => Number(name.split('-')[1]) % 10)
        .sort(),
    ).toEqual([2, 3, 4, 5]);
  });

  it('refuses a private folder that others may write, or that is a link', async () => {
    mkdirSync(join(parent, 'theirs'), { mode: 0o777 });
    chmodSync(join(parent, 'theirs'), 0o777);
    symlinkSync(tmpdir(), join(parent, 'link'));
    for (const name of ['theirs', 'link']) {
      const folder = new SpoolFolder(join(parent, name, 'spool'), join(parent, name));
      expect(() => folder.newFile('logs', 0)).toThrow(/not this user’s own folder/);
    }
    mkdirSync(join(parent, 'theirs', 'spool', '1-00000000'), { recursive: true });
    await expect(new SpoolFolder(join(parent, 'theirs', 'spool'), join(parent, 'theirs')).adopt()).rejects.toThrow(/own folder/);
  });
});
