import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue } from '../../../api/index.ts';
import { TokenWriter } from '../filter/token-writer.ts';
import { decodeLeaves } from '../leaf-text.ts';
import { type Composite, decodeAttributes, encodeAttributes } from './attributes.ts';

/** The list that comes back; undefined where the leaves cannot give it. */
function roundTrip(attributes: readonly KeyValue[]): KeyValue[] | undefined {
  const { text, composites } = encodeAttributes(attributes, new TokenWriter());
  if (composites === undefined) return undefined;
  const stored: Composite[] = JSON.parse(JSON.stringify(composites));
  return decodeAttributes(
    decodeLeaves(text, () => {
      throw new Error('there are no columns');
    }),
    stored,
  );
}

const { anyList } = fc.letrec<{ readonly anyList: KeyValue[]; readonly value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<AnyValue[]>(
      { stringValue: 'a' },
      { intValue: '7' },
      { doubleValue: 0.5 },
      { boolValue: true },
      { bytesValue: 'AA==' },
      {},
    ),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    tie('anyList').map((values) => ({ kvlistValue: { values } })),
  ),
  anyList: fc.array(
    fc.record({ key: fc.constantFrom('', 'a', 'b', 'c', 'a.b', 'a.c', 'b.a'), value: tie('value') }, { requiredKeys: ['key'] }),
    { maxLength: 5 },
  ),
}));

const int = (value: number): AnyValue => ({ intValue: String(value) });
const array = (...values: AnyValue[]): AnyValue => ({ arrayValue: { values } });
const map = (entries: Readonly<Record<string, AnyValue>>): AnyValue => ({
  kvlistValue: { values: Object.entries(entries).map(([key, value]) => ({ key, value })) },
});
const list = (entries: readonly (readonly [string, AnyValue | undefined])[]): KeyValue[] =>
  entries.map(([key, value]) => (value ? { key, value } : { key }));

describe('attributes as leaves', () => {
  it('come back as they were, wherever that is said', () => {
    let exact = 0;
    fc.assert(
      fc.property(anyList, (attributes) => {
        const back = roundTrip(attributes);
        if (back === undefined) return;
        if (attributes.some(({ value }) => value?.arrayValue || value?.kvlistValue)) exact += 1;
        expect(back).toEqual(attributes);
      }),
      { numRuns: 500 },
    );
    expect(exact).toBeGreaterThan(50);
  });

  it.each<[string, KeyValue[]]>([
    ['an array alone', list([['a', array(int(1), int(2))]])],
    [
      'arrays between other values',
      list([
        ['a', int(0)],
        ['b', array(int(1), array({ stringValue: 'x' }))],
        ['c', int(2)],
        ['d', array(int(3))],
        ['e', int(4)],
      ]),
    ],
    [
      'what has no leaf',
      list([
        ['a', array()],
        ['b', map({})],
        ['c', {}],
        ['d', undefined],
        ['e', int(1)],
        ['f', array({})],
      ]),
    ],
    [
      'maps',
      list([
        ['a', map({ b: int(1), c: map({ d: array(int(2), int(3)) }) })],
        ['b', int(4)],
        ['a.e', int(5)],
      ]),
    ],
    [
      'a map that has a key twice',
      list([
        [
          'a',
          {
            kvlistValue: {
              values: list([
                ['b', int(1)],
                ['b', int(2)],
              ]),
            },
          },
        ],
      ]),
    ],
  ])('come back with %s', (_, attributes) => {
    expect(roundTrip(attributes)).toEqual(attributes);
  });

  it.each<[string, KeyValue[]]>([
    [
      'a key that stands twice',
      list([
        ['a', int(1)],
        ['a', array(int(2))],
      ]),
    ],
    [
      'a key that a map has too',
      list([
        ['a.b', int(1)],
        ['a', map({ b: int(2) })],
      ]),
    ],
    [
      'maps that have one key',
      list([
        ['a', map({ 'b.c': int(1) })],
        ['a.b', map({ c: int(2) })],
      ]),
    ],
    ['minus 0', list([['a', { doubleValue: '-0' }]])],
    ['half a character', list([['a\ud800', array(int(1))]])],
  ])('stand beside their leaves where there is %s', (_, attributes) => {
    expect(roundTrip(attributes)).toBeUndefined();
  });
});
