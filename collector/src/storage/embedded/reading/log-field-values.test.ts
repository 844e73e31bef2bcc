import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../api/index.ts';
import type { FieldValuesRequest } from '../../storage.ts';
import { OpenSegments } from '../segments/open-segments.ts';
import { segmentNameOf } from '../segments/segment-index.ts';
import { numberedLog, StorageDirectory } from '../testing/open-storage.ts';
import { KnownTemplates } from './known-templates.ts';
import { KnownValues } from './known-values.ts';
import { logFieldValues } from './log-field-values.ts';
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

describe('logFieldValues', () => {
  let directory: StorageDirectory;
  let segments: OpenSegments;
  beforeAll(async () => {
    directory = await StorageDirectory.make();
    const storage = await directory.open();
    const logs = Array.from({ length: LOGS }, (_, number) => numberedLog(number, attributesOf(number)));
    await storage.writeLogs('default', logs.slice(0, LOGS / 2));
    await storage.writeLogs('default', logs.slice(LOGS / 2));
    await directory.close();
    segments = new OpenSegments(directory.segments, () => undefined);
    segments.change(
      (await directory.files()).flatMap((file) => segmentNameOf(file) ?? []),
      [],
    );
  });
  afterAll(async () => {
    segments.close();
    await directory.remove();
  });

  const scopeWith = (values: KnownValues): ReadScope => ({
    tenant: 'default',
    groups: (table) => segments.groups(table),
    cache: new PageCache(1024 * 1024),
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

  it('counts them all where there are more than are kept', () => {
    const scope = scopeWith(new KnownValues({ texts: 500, bytes: 100_000 }));
    check(scope, 0, 400, '');
    check(scope, 0, LOGS, '');
    expect(scope.values?.of('user')).toBeUndefined();
    check(scope, 100, 4_000, '');
  });
});
