import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseQuery } from '@threadline/query-language';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyValue } from '../../api/index.ts';
import type { Storage } from '../storage.ts';
import { LAYOUT_FILE, LAYOUT_VERSION } from './layout.ts';
import { mergeSegments } from './segments/merge-segments.ts';
import { Segment } from './segments/segment.ts';
import {
  decodeIndex,
  encodeIndex,
  INDEX_TAIL_BYTES,
  indexBytes,
  PARQUET_TAIL_BYTES,
  type SegmentIndex,
  segmentFileName,
  segmentNameOf,
} from './segments/segment-index.ts';
import { EVERYTHING, numberedLog, readContext, readEverything, StorageDirectory } from './testing/open-storage.ts';

/** Written by the last programs of those layouts: twelve logs and six spans with attributes of each kind. */
const LAYOUTS = [2, 3, 4, 5].map((version) => [version, new URL(`./testing/layout-${version}/`, import.meta.url)] as const);

/** Older ones have a filter in each row group. */
const TOKEN_INDEX_LAYOUT = 4;
/** Its records have an array too. */
const COMPOSITES_LAYOUT = 5;

function attributesOf(version: number, number: number): KeyValue[] {
  const tags = { arrayValue: { values: [{ stringValue: `tag-${number % 4}` }, { intValue: String(number) }] } };
  return [
    { key: 'user.id', value: { intValue: String(number % 3) } },
    { key: 'price', value: { doubleValue: number / 4 } },
    { key: 'paid', value: { boolValue: number % 2 === 0 } },
    { key: 'route', value: { stringValue: `/orders/${number}` } },
    ...(version >= COMPOSITES_LAYOUT ? [{ key: 'tags', value: tags }] : []),
  ];
}

/** Changes the index that stands in a file's end. */
async function changeIndex(path: string, change: (index: SegmentIndex) => SegmentIndex): Promise<void> {
  const bytes = await readFile(path);
  const end = bytes.length - PARQUET_TAIL_BYTES - bytes.readUInt32LE(bytes.length - PARQUET_TAIL_BYTES);
  const tail = bytes.subarray(end - INDEX_TAIL_BYTES, end);
  const start = end - INDEX_TAIL_BYTES - (indexBytes(tail) ?? 0);
  const index = decodeIndex(bytes.subarray(start, end - INDEX_TAIL_BYTES), tail);
  if (!index) throw new Error('no index');
  await writeFile(path, Buffer.concat([bytes.subarray(0, start), encodeIndex(change(index)), bytes.subarray(end)]));
}

describe.each(LAYOUTS)('a directory of layout %i', (version, made) => {
  const logs = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => numberedLog(from + index, attributesOf(version, from + index)));
  let directory: StorageDirectory;
  beforeEach(async () => {
    directory = await StorageDirectory.make();
    await cp(made, directory.path, { recursive: true });
  });
  afterEach(() => directory.remove());

  async function found(storage: Storage, query: string): Promise<number[]> {
    const page = await storage.searchLogs({ ...EVERYTHING, query: parseQuery(query, 'logs') }, readContext());
    return page.rows.map(({ key }) => Number.parseInt(key.id, 16));
  }

  async function expectAnswers(storage: Storage, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, number) => number);
    expect(await readEverything(storage)).toEqual(logs(0, count).map(({ record }) => record));
    expect(await found(storage, 'price:2.5')).toEqual([10]);
    expect(await found(storage, 'price:>2')).toEqual(numbers.filter((number) => number / 4 > 2));
    expect(await found(storage, 'user.id:1')).toEqual(numbers.filter((number) => number % 3 === 1));
    expect(await found(storage, 'paid:true route:\\/orders\\/1*')).toEqual(
      numbers.filter((number) => number % 2 === 0 && String(number).startsWith('1')),
    );
    expect(await found(storage, '"many red" number')).toEqual(numbers.filter((number) => number % 3 === 0));
    expect(await found(storage, 'gre*')).toEqual(numbers.filter((number) => number % 3 === 1));
    if (version >= COMPOSITES_LAYOUT)
      expect(await found(storage, 'tags:(tag-1 OR 4)')).toEqual(numbers.filter((number) => number % 4 === 1 || number === 4));
    const request = { query: { type: 'all' }, range: {}, prefix: '', limit: 10 } as const;
    const values = await storage.logFieldValues(
      { ...request, field: { type: 'attribute', place: 'attributes', key: 'user.id' } },
      readContext(),
    );
    expect(values.values).toEqual(
      ['0', '1', '2'].map((value) => ({ value, count: numbers.filter((number) => String(number % 3) === value).length })),
    );
  }

  it('is read as it is, and becomes one of this layout', async () => {
    await expectAnswers(await directory.open(), 12);
    expect(JSON.parse(await readFile(join(directory.path, LAYOUT_FILE), 'utf8'))).toMatchObject({ version: LAYOUT_VERSION });
    await expectAnswers(await directory.open(), 12);
  });

  it('answers as one with what is written from now on', async () => {
    const storage = await directory.open();
    await storage.writeLogs('default', logs(12, 24));
    await expectAnswers(storage, 24);
  });

  /** Merges all files of logs into one. */
  async function merge(): Promise<void> {
    const names = (await directory.files()).map(segmentNameOf).filter((name) => name?.table === 'logs');
    const inputs = names.flatMap((name) => (name ? [Segment.open(directory.segments, name)] : []));
    const replaces = inputs.map(({ id }) => id);
    const bounds = { from: Math.min(...inputs.map(({ index }) => index.from)), to: Math.max(...inputs.map(({ index }) => index.to)) };
    await mergeSegments(directory.segments, inputs, { table: 'logs', id: Math.max(...replaces) + 1, ...bounds, replaces });
    for (const input of inputs) input.close();
  }

  it('is merged with what is written from now on', async () => {
    await (await directory.open()).writeLogs('default', logs(12, 24));
    await directory.close();
    await merge();
    await expectAnswers(await directory.open(), 24);
    expect((await directory.files()).filter((name) => name.startsWith('logs'))).toHaveLength(1);
  });

  if (version < TOKEN_INDEX_LAYOUT)
    it('keeps row groups that are too large to be merged into others as they are, with their filters, and so do merges', async () => {
      const [name] = (await directory.files()).map(segmentNameOf);
      if (name?.table !== 'logs') throw new Error('no logs');
      await changeIndex(join(directory.segments, segmentFileName(name)), ({ groups, ...index }) => ({
        ...index,
        // Those have no token hashes.
        groups: groups.map((group) => {
          if (!('hashes' in group)) return group;
          const { hashes: _hashes, ...others } = group;
          return others;
        }),
      }));
      await expectAnswers(await directory.open(), 12);
      await (await directory.open()).writeLogs('default', logs(12, 24));
      await directory.close();
      await merge();
      await expectAnswers(await directory.open(), 24);
      await directory.close();
      await merge();
      const [merged = ''] = (await directory.files()).filter((file) => file.startsWith('logs')).toReversed();
      const segment = Segment.open(directory.segments, segmentNameOf(merged) ?? name);
      expect(segment.groups.map((group) => [group.rows, segment.tokens?.has(group.number)])).toEqual([
        [12, false],
        [12, true],
      ]);
      segment.close();
      await expectAnswers(await directory.open(), 24);
    });

  it('has its spans', async () => {
    const storage = await directory.open();
    const page = await storage.searchSpans({ ...EVERYTHING, query: parseQuery('price:>=1 orders', 'spans') }, readContext());
    expect(page.rows.map(({ record }) => record.spanId)).toEqual(['0000000000000004', '0000000000000005']);
    expect(page.rows.map(({ record }) => record.attributes)).toEqual([attributesOf(version, 4), attributesOf(version, 5)]);
  });
});
