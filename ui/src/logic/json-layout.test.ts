import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJson, layOutJson } from './json-layout.ts';

describe('layOutJson', () => {
  it('is what JSON.stringify writes with an indent of two', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        expect(layOutJson(JSON.stringify(value, undefined, indent))).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });

  it('keeps each digit, each escape and each repeated key', () => {
    expect(layOutJson('{"id":9007199254740993,"a":1.50,"a":"\\u0041, {x}"}')).toBe(
      '{\n  "id": 9007199254740993,\n  "a": 1.50,\n  "a": "\\u0041, {x}"\n}',
    );
  });

  it('is for whole objects and arrays alone', () => {
    expect(['{"a":1}', ' [1]\n', '{}'].map(isJson)).toEqual([true, true, true]);
    expect(['7', '"text"', '{not json}', '{"a":1} and more', ''].map(isJson)).toEqual([false, false, false, false, false]);
  });
});
