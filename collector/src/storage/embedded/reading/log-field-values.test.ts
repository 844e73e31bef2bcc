import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LogRecord } from '../../../api/index.ts';
import type { IndexedLog } from '../../../model/record.ts';
import type { FieldValuesRequest } from '../../storage.ts';
import { OpenSegments } from '../segments/open-segments.ts';
import { RowGroup } from '../segments/segment.ts';
import { segmentNameOf } from '../segments/segment-index.ts';
import { numberedLog, StorageDirectory } from '../testing/open-storage.ts';
import { KnownTemplates } from './known-templates.ts';
import { KnownValues } from './known-values.ts';
import { logFieldValues } from './log-field-values.ts';
import { logFields } from './log-fields.ts';
import { PageCache } from './page-cache.ts';
import type { ReadScope } from './read-scope.ts';

const LOGS = 5_000;
const LIMIT = 2_000;

/** So many different ones that a row group has no dictionary of them; some logs have a list, some a number, some none. */
function attributesOf(number: number): LogRecord['attributes'] {
  if (number % 7 === 0) return [];
  if (number % 31 === 0)
    return [{ key: 'user', value: { arrayValue: { values: [{ stringValue: `user ${number % 1_300}` }, { stringValue: 'in a list' }] } } }];
  return [{ key: 'user', value: number % 11 === 0 ? { intValue: String(number % 100) } : { stringValue: `user ${number % 1_300}` } }];
}

/** What the attribute's values are as texts, each once. */
function textsOf(number: number): string[] {
  return attributesOf(number).flatMap(({ value }) => {
    const texts = value?.arrayValue?.values?.map((element) => element.stringValue ?? '') ?? [];
    return [...texts, value?.stringValue ?? value?.intValue ?? []].flat();
  });
}

/** In two files. */
async function segmentsOf(logs: readonly IndexedLog[]): Promise<{ readonly segments: OpenSegments; close(): Promise<void> }> {
  const directory = await StorageDirectory.make();
  const storage = await directory.open();
  await storage.writeLogs('default', logs.slice(0, logs.length / 2));
  await storage.writeLogs('default', logs.slice(logs.length / 2));
  await directory.close();
  const segments = new OpenSegments(directory.segments, () => undefined);
  segments.change(
    (await directory.files()).flatMap((file) => segmentNameOf(file) ?? []),
    [],
  );
  return {
    segments,
    close: async () => {
      segments.close();
      await directory.remove();
    },
  };
}

describe('logFieldValues', () => {
  let opened: Awaited<ReturnType<typeof segmentsOf>>;
  beforeAll(async () => {
    opened = await segmentsOf(Array.from({ length: LOGS }, (_, number) => numberedLog(number, attributesOf(number))));
  });
  afterAll(() => opened.close());

  const scopeWith = (values: KnownValues, { segments } = opened, cacheBytes = 1024 * 1024): ReadScope => ({
    tenant: 'default',
    groups: (table) => segments.groups(table),
    cache: new PageCache(cacheBytes),
    templates: new KnownTemplates(),
    values,
    check: () => undefined,
  });

  const check = (scope: ReadScope, from: number, to: number, prefix: string): void => {
    const time = (number: number): bigint => BigInt(numberedLog(number).record.timeUnixNano);
    const request: FieldValuesRequest = {
      query: { type: 'all' },
      range: { fromNanos: time(from), toNanos: time(to) },
      field: { type: 'attribute', place: 'any', key: 'user' },
      prefix,
      limit: LIMIT,
    };
    const expected = new Map<string, number>();
    let count = 0;
    for (let number = from; number < to; number += 1) {
      const texts = textsOf(number);
      if (texts.length > 0) count += 1;
      for (const text of texts) if (text.startsWith(prefix)) expected.set(text, (expected.get(text) ?? 0) + 1);
    }
    const { values, ...rest } = logFieldValues(scope, request);
    expect(new Map(values.map((entry) => [entry.value, entry.count]))).toEqual(expected);
    expect(rest).toEqual({ total: to - from, count, otherCount: 0, isCapped: false });
  };

  it('counts the values of each range and prefix, whatever was asked before', () => {
    const scope = scopeWith(new KnownValues());
    for (const [from, to] of [
      [0, LOGS],
      [0, LOGS],
      [100, 700],
      [3_000, 3_001],
      [0, LOGS],
    ] as const) {
      check(scope, from, to, '');
      check(scope, from, to, 'user 12');
    }
  });

  it('unpacks nothing for a list of few values that it made before, nor for the fields, in a cache that has room for a part of their rows', async () => {
    const fewOf = (number: number): LogRecord['attributes'] => [
      { key: 'route', value: { stringValue: `/route/${number % 4}` } },
      { key: 'code', value: { intValue: String([200, -1, 404][number % 3]) } },
      ...(number % 2 === 0 ? [{ key: 'ratio', value: { doubleValue: (number % 5) / 4 } }] : []),
      { key: 'paid', value: { boolValue: number % 7 === 0 } },
    ];
    const own = await segmentsOf(Array.from({ length: LOGS }, (_, number) => numberedLog(number, fewOf(number))));
    const unpacked = vi.spyOn(RowGroup.prototype, 'chunkPage');
    const expected = new Map<string, number>();
    for (let number = 0; number < LOGS; number += 1)
      for (const { key, value } of fewOf(number)) {
        const named = `${key} ${value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue}`;
        expected.set(named, (expected.get(named) ?? 0) + 1);
      }
    for (const from of [0n, BigInt(numberedLog(10).record.timeUnixNano)]) {
      const scope = scopeWith(new KnownValues(), own, 6 * LOGS);
      const found = new Map<string, number>();
      let fieldCount = 0;
      const askAll = (): number => {
        unpacked.mockClear();
        for (const key of ['route', 'code', 'ratio', 'paid']) {
          const field = { type: 'attribute', place: 'attributes', key } as const;
          const { values } = logFieldValues(scope, { query: { type: 'all' }, range: { fromNanos: from }, field, prefix: '', limit: LIMIT });
          for (const { value, count } of values) found.set(`${key} ${value}`, count);
        }
        for (const name of ['level', 'service'] as const) {
          const field = { type: 'record', name } as const;
          logFieldValues(scope, { query: { type: 'all' }, range: { fromNanos: from }, field, prefix: '', limit: LIMIT });
        }
        fieldCount = logFields(scope, { query: { type: 'all' }, range: { fromNanos: from }, limit: LIMIT }).fields.length;
        return unpacked.mock.calls.length;
      };
      expect(askAll()).toBeGreaterThan(0);
      if (from === 0n) {
        expect(askAll()).toBe(0);
        expect(found).toEqual(expected);
      }
      expect([...found.values()].reduce((sum, count) => sum + count, 0)).toBe(from === 0n ? LOGS * 3.5 : (LOGS - 10) * 3.5);
      expect(fieldCount).toBe(8);
    }
    unpacked.mockRestore();
    await own.close();
  });

  it('unpacks nothing for a list that it made before, in a cache that has room for the numbers of its values alone', async () => {
    const users = Array.from({ length: LOGS }, (_, number) =>
      numberedLog(number, [{ key: 'user', value: { stringValue: `user ${number % 1_300}` } }]),
    );
    const own = await segmentsOf(users);
    const unpacked = vi.spyOn(RowGroup.prototype, 'chunkPage');
    const scope = scopeWith(new KnownValues(), own, 1.5 * LOGS * Int32Array.BYTES_PER_ELEMENT);
    const unpackedForList = (): number => {
      unpacked.mockClear();
      const field = { type: 'attribute', place: 'attributes', key: 'user' } as const;
      const { values } = logFieldValues(scope, { query: { type: 'all' }, range: {}, field, prefix: '', limit: LIMIT });
      expect(values).toHaveLength(1_300);
      return unpacked.mock.calls.length;
    };
    try {
      expect(unpackedForList()).toBeGreaterThan(0);
      expect(unpackedForList()).toBe(0);
    } finally {
      unpacked.mockRestore();
      await own.close();
    }
  });

  it('counts them all where there are more than are kept', () => {
    const scope = scopeWith(new KnownValues({ texts: 500, bytes: 100_000 }));
    check(scope, 0, 400, '');
    check(scope, 0, LOGS, '');
    expect(scope.values?.of('user')).toBeUndefined();
    check(scope, 100, 4_000, '');
    const other = scopeWith(new KnownValues({ texts: 500, bytes: 100_000 }));
    check(other, 0, LOGS, 'user 12');
    expect(other.values?.of('user')).toBeUndefined();
  });
});
