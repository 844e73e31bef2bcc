import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileSearchStore } from './file-search-store.ts';

const SEARCH = { id: 'a', name: 'Failures', search: { q: 'level:error' }, savedAt: '2026-11-23T10:00:00Z' };

describe('createFileSearchStore', () => {
  let parent: string;
  let damages: string[];
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'threadline-searches-'));
    damages = [];
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  const directory = () => join(parent, 'searches');
  const open = () => createFileSearchStore({ directory: directory(), onDamage: (reason) => damages.push(reason) });
  const context = (tenant = 'default') => ({ tenant, deadline: performance.now() + 10_000, signal: new AbortController().signal });

  it('finds after a restart what it stored, and nothing of another tenant', async () => {
    expect(await open().replace({ searches: [SEARCH], version: undefined }, context())).toBe(true);
    expect(await open().read(context())).toEqual({ searches: [SEARCH], version: '1' });
    expect(await open().read(context('other'))).toEqual({ searches: [], version: undefined });
  });

  it('stores one of two lists that replace the same version', async () => {
    const store = open();
    const lists = ['a', 'b', 'c'].map((id) => ({ searches: [{ ...SEARCH, id }], version: undefined }));
    expect(await Promise.all(lists.map((list) => store.replace(list, context())))).toEqual([true, false, false]);
    expect((await store.read(context())).searches).toEqual([SEARCH]);
  });

  it('keeps every tenant in the directory, whatever it is called', async () => {
    const store = open();
    for (const tenant of ['..', '../evil', 'a/b', 'ä b', '.']) {
      await store.replace({ searches: [{ ...SEARCH, name: tenant }], version: undefined }, context(tenant));
    }
    expect(await readdir(parent)).toEqual(['searches']);
    expect(await readdir(directory())).toHaveLength(5);
    expect((await store.read(context('../evil'))).searches[0]?.name).toBe('../evil');
  });

  it('reads the whole list before beside a draft that a crash left', async () => {
    await open().replace({ searches: [SEARCH], version: undefined }, context());
    await writeFile(join(directory(), 'default.json.draft'), '{"version": 2, "sear');
    expect((await open().read(context())).searches).toEqual([SEARCH]);
    expect(await open().replace({ searches: [], version: '1' }, context())).toBe(true);
    expect(damages).toEqual([]);
  });

  it.each(['', '{', '[]', '{"version":1}', '{"version":1,"searches":[{"id":"a"}]}', '{"version":1,"searches":[null]}'])(
    'keeps aside a file that holds %j, says so, and begins anew',
    async (text) => {
      await mkdir(directory());
      await writeFile(join(directory(), 'default.json'), text);
      expect(await open().read(context())).toEqual({ searches: [], version: undefined });
      expect(damages).toHaveLength(1);
      expect(await readFile(join(directory(), 'default.json.damaged'), 'utf8')).toBe(text);
      expect(await open().replace({ searches: [SEARCH], version: undefined }, context())).toBe(true);
    },
  );

  it('keeps aside a file of which one character is another one than was written', async () => {
    await open().replace({ searches: [SEARCH], version: undefined }, context());
    const path = join(directory(), 'default.json');
    const written = await readFile(path, 'utf8');
    await writeFile(path, written.replace('level:error', 'level:errop'));
    expect(await open().read(context())).toEqual({ searches: [], version: undefined });
    await writeFile(path, written.replace('"version": 1', '"version": 3'));
    expect(await open().read(context())).toEqual({ searches: [], version: undefined });
    expect(damages).toHaveLength(2);
  });

  it('reads a file from before there was a checksum', async () => {
    await mkdir(directory());
    await writeFile(join(directory(), 'default.json'), JSON.stringify({ version: 4, searches: [SEARCH] }));
    expect(await open().read(context())).toEqual({ searches: [SEARCH], version: '4' });
  });

  it('says that the disk refuses, and goes on when it does not any more', async () => {
    await writeFile(directory(), 'a file where the directory should be');
    const store = open();
    await expect(store.replace({ searches: [SEARCH], version: undefined }, context())).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await rm(directory());
    expect(await store.replace({ searches: [SEARCH], version: undefined }, context())).toBe(true);
  });
});
