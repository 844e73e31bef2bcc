import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { KeyValue } from '../../../api/index.ts';
import { indexLog, indexSpan } from '../../../model/indexed-record.ts';
import { COLUMN_NAMES } from '../columns.ts';
import type { TableName } from '../layout.ts';
import type { ColumnValue } from '../parquet/column-chunk.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import { mergeSegments } from './merge-segments.ts';
import { Segment } from './segment.ts';
import { type EncodedGroup, encodeGroup, writeSegment } from './write-segment.ts';

/** Few and many rows, fewer and more than a page, and such that pages of the merged one begin inside one of these. */
const SIZES = [300, 1_500, 7, 1_024, 900];
const START_NANOS = 1_795_132_800_000_000_000n;
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
const scope = { attributes: [], name: 'test' };

/** Times go back and forth, past what 32 bits hold; every seventh is far away from all others, which no offset reaches. */
function timeOf(number: number, isWild: boolean): string {
  if (isWild && number % 7 === 0) return number % 2 === 0 ? '1' : '9223372036854775807';
  return String(START_NANOS + BigInt((number * 7_919) % 10_007) * 1_000_003n);
}

/** Columns of every kind: full, with gaps, with a few values, with few and with many texts, of decimals and of other doubles, one of each key and kind. */
function attributesOf(number: number, isWild: boolean): KeyValue[] {
  return [
    { key: 'n', value: { intValue: String(number) } },
    { key: 'route', value: { stringValue: `/r/${number % 11}` } },
    { key: 'path', value: { stringValue: `/r/${number % 11}/주문/${number}` } },
    ...(number % 3 === 0 ? [{ key: 'gap', value: { intValue: isWild ? '9223372036854775807' : String(-number) } }] : []),
    ...(number % 5 === 1 ? [{ key: 'gap', value: { stringValue: `${number}` } }] : []),
    ...(number % 2 === 0 ? [{ key: 'price', value: { doubleValue: isWild ? number / 3 : number / 100 } }] : []),
    ...(number % 700 === 3 ? [{ key: 'rare', value: { boolValue: number % 2 === 0 } }] : []),
    ...(number % 900 === 4 ? [{ key: 'list', value: { arrayValue: { values: [{ intValue: '1' }] } } }] : []),
  ];
}

function logOf(number: number, isWild: boolean) {
  return indexLog({
    id: `${number}`,
    timeUnixNano: timeOf(number, isWild),
    observedTimeUnixNano: number % 3 === 0 ? '0' : timeOf(number + 1, false),
    arrivalTimeUnixNano: String(START_NANOS),
    severityNumber: (number % 24) + 1,
    body: { stringValue: number % 5 === 0 ? `주문 ${number} 실패` : `order ${number} é` },
    attributes: attributesOf(number, isWild),
    resource,
    scope,
  });
}

function spanOf(number: number, isWild: boolean) {
  const start = timeOf(number, isWild);
  return indexSpan({
    id: `${number}`,
    traceId: number.toString(16).padStart(32, '0'),
    spanId: number.toString(16).padStart(16, '0'),
    name: `GET /${number % 13}`,
    kind: number % 6,
    startTimeUnixNano: start,
    endTimeUnixNano: String(BigInt(start) + BigInt(number) * 3_000_000_000n),
    arrivalTimeUnixNano: String(START_NANOS),
    attributes: attributesOf(number, isWild),
    resource,
    scope,
    ...(number % 4 === 0 && { status: { code: 2 } }),
  });
}

/** Each column's values, and the leaves of attributes with theirs. */
function readRows(segment: Segment): ReadonlyMap<string, readonly ColumnValue[]> {
  const rows = new Map<string, ColumnValue[]>([...COLUMN_NAMES[segment.table], 'leaves'].map((name) => [name, []]));
  for (const group of segment.groups) {
    for (let number = 0; number < group.pages; number += 1) {
      const page = new Page(group, number, new PageCache(0));
      for (const name of COLUMN_NAMES[segment.table]) {
        const read = page.reader(name);
        for (let row = 0; row < page.rows; row += 1) rows.get(name)?.push(read(row));
      }
      const leavesAt = page.leafReader();
      for (let row = 0; row < page.rows; row += 1) rows.get('leaves')?.push(JSON.stringify(leavesAt(row)));
    }
  }
  return rows;
}

async function writeOne(directory: string, buffer: RowBuffer, id: number): Promise<Segment> {
  const group = await encodeGroup(buffer.finish());
  const name = { table: buffer.table, id, from: 1, to: 1, replaces: [] };
  await writeSegment(
    directory,
    name,
    (async function* () {
      yield group;
    })(),
  );
  return Segment.open(directory, name);
}

describe('mergeSegments', () => {
  it.each<[TableName, string, boolean]>([
    ['logs', 'near', false],
    ['logs', 'wild', true],
    ['spans', 'near', false],
    ['spans', 'wild', true],
  ])('keeps each value of each column of %s whose times are %s', async (table, _, isWild) => {
    const directory = await mkdtemp(join(tmpdir(), 'threadline-merge-'));
    const opened: Segment[] = [];
    let first = 0;
    for (const [index, size] of SIZES.entries()) {
      const buffer = new RowBuffer(table);
      const numbers = Array.from({ length: size }, (_unused, row) => first + row);
      if (table === 'logs')
        buffer.addLogs(
          'default',
          numbers.map((number) => logOf(number, isWild)),
        );
      else
        buffer.addSpans(
          'default',
          numbers.map((number) => spanOf(number, isWild)),
        );
      first += size;
      opened.push(await writeOne(directory, buffer, index + 1));
    }
    await mergeSegments(directory, opened, { table, id: 99, from: 1, to: 1, replaces: [1, 2, 3, 4, 5] });
    const merged = Segment.open(directory, { table, id: 99 });
    expect(merged.groups.map(({ rows }) => rows)).toEqual([first]);
    const inputs = opened.map(readRows);
    for (const [name, values] of readRows(merged)) {
      const expected = inputs.flatMap((rows) => rows.get(name) ?? []);
      expect([name, values.length]).toEqual([name, first]);
      expect(values.findIndex((value, row) => value !== expected[row])).toBe(-1);
    }
    for (const segment of [...opened, merged]) segment.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('copies a row group that is full of a few large records, and merges what is left over', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'threadline-merge-'));
    const text = 'large '.repeat(600_000);
    const opened: Segment[] = [];
    for (const id of [1, 2]) {
      const [full, other] = [new RowBuffer('logs'), new RowBuffer('logs')];
      for (let number = 0; number < 12; number += 1) {
        const log = indexLog({ ...logOf(number, false).record, body: { stringValue: text + number } });
        (full.room > 0 ? full : other).addLogs('default', [log]);
      }
      const groups: EncodedGroup[] = [];
      for (const buffer of [full, other]) groups.push(await encodeGroup(buffer.finish()));
      const name = { table: 'logs', id, from: 1, to: 1, replaces: [] } as const;
      await writeSegment(directory, name, Readable.from(groups));
      opened.push(Segment.open(directory, name));
    }
    expect(opened.map(({ groups }) => groups.map(({ rows, isSmall }) => [rows, isSmall]))).toEqual([
      [
        [10, false],
        [2, true],
      ],
      [
        [10, false],
        [2, true],
      ],
    ]);
    await mergeSegments(directory, opened, { table: 'logs', id: 99, from: 1, to: 1, replaces: [1, 2] });
    const merged = Segment.open(directory, { table: 'logs', id: 99 });
    expect(merged.groups.map(({ rows }) => rows)).toEqual([10, 10, 4]);
    for (const segment of [...opened, merged]) segment.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('keeps attributes of more keys than have columns, in one segment and in several', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'threadline-merge-'));
    const logs = (segment: number) =>
      Array.from({ length: 60 }, (_, number) => ({
        ...logOf(number, false).record,
        attributes: Array.from({ length: segment === 2 ? 10 : 4 }, (_unused, key) => ({
          key: `key.${segment}.${number}.${key}`,
          value: { intValue: String(number) },
        })),
      }));
    const opened: Segment[] = [];
    for (const segment of [0, 1, 2]) {
      const buffer = new RowBuffer('logs');
      buffer.addLogs('default', logs(segment).map(indexLog));
      opened.push(await writeOne(directory, buffer, segment + 1));
    }
    expect(opened.map(({ groups }) => groups.map(({ attributes }) => attributes.length))).toEqual([[240], [240], [256]]);
    await mergeSegments(directory, opened, { table: 'logs', id: 99, from: 1, to: 1, replaces: [1, 2, 3] });
    const merged = Segment.open(directory, { table: 'logs', id: 99 });
    expect(merged.groups).toHaveLength(3);
    const leaves = [0, 1, 2].flatMap((segment) =>
      logs(segment).map(({ attributes }) =>
        JSON.stringify(attributes.map(({ key, value }) => ({ key, text: value.intValue, leafClass: 'i' }))),
      ),
    );
    expect(readRows(merged).get('leaves')).toEqual(leaves);
    for (const segment of [...opened, merged]) segment.close();
    await rm(directory, { recursive: true, force: true });
  });
});
