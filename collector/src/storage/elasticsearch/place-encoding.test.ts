import { describe, expect, it } from 'vitest';
import type { AttributeLeaf, LeafValue } from '../../model/attribute-leaves.ts';
import { anyTerms, encodePlace, termsOf } from './place-encoding.ts';

const KEYS = [
  'http.route',
  'a=b',
  'back\\slash',
  '',
  ' ',
  'x..y',
  '"quoted"',
  '\u0000',
  '열쇠',
  '__proto__',
  'k'.repeat(600),
  'lone\ud800',
  '\\#a',
];
const VALUES: LeafValue[] = [
  { type: 'string', value: 'plain' },
  { type: 'string', value: '"quotes" \\ and =\n' },
  { type: 'string', value: 'half \udc00 of a pair' },
  { type: 'string', value: 'y'.repeat(9_000) },
  { type: 'int', value: -(2n ** 63n) },
  { type: 'int', value: 9_007_199_254_740_993n },
  { type: 'double', value: 1e300 },
  { type: 'double', value: -0 },
  { type: 'double', value: Number.NaN },
  { type: 'bool', value: true },
  { type: 'bytes', value: 'AAE=' },
];

describe('encodePlace', () => {
  it('means the same whichever way a place is written', () => {
    const leaves = KEYS.flatMap((key) => VALUES.map((value) => ({ key, value })));
    const cases: AttributeLeaf[][] = [
      ...leaves.map((leaf) => [leaf]),
      ...VALUES.map((value) => KEYS.map((key) => ({ key, value }))),
      ...KEYS.map((key) => VALUES.map((value) => ({ key, value }))),
      VALUES.map((value, index) => ({ key: `key.${index}`, value })),
    ];
    for (const each of cases) {
      const terms = termsOf(each);
      expect(terms).toEqual(anyTerms(each));
      for (const isTyped of [true, false]) {
        const { json, hashed } = encodePlace('attributes', each, { isTyped });
        const { attributes }: { readonly attributes: object } = JSON.parse(`{${json}}`);
        expect(Object.keys(attributes).some((member) => !['keys', 'pairs', 'numbers'].includes(member))).toBe(
          isTyped && `${terms.string}${terms.long}${terms.double}${terms.boolean}` !== '',
        );
        expect(hashed).toEqual(terms.hashedKeys.map((key) => `attributes.${key}`));
      }
    }
  });

  it('writes integers beyond 2^53 digit by digit', () => {
    const { json } = encodePlace('attributes', [{ key: 'n', value: { type: 'int', value: 9_007_199_254_740_993n } }], { isTyped: true });
    expect(json).toContain('"long":{"n":9007199254740993}');
  });

  it('is nothing for no values', () => {
    expect(encodePlace('scope', [], { isTyped: true })).toEqual({ json: '', hashed: [] });
  });
});
