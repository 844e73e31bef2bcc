import { describe, expect, it } from 'vitest';
import { equalNumberTexts } from './number-range.ts';

describe('equalNumberTexts', () => {
  it.each([
    ['5', { int: '5', double: '5' }],
    ['5.0', { int: '5', double: '5' }],
    ['-0', { int: '0', double: '0' }],
    ['0.1', { double: '0.1' }],
    ['1e21', { double: '1e+21' }],
    ['9007199254740993', { int: '9007199254740993' }],
    ['9223372036854775807', { int: '9223372036854775807' }],
    ['-9223372036854775808', { int: '-9223372036854775808' }],
    ['9223372036854775808', { double: '9223372036854776000' }],
    ['1e400', {}],
    ['NaN', {}],
    ['five', {}],
    ['', {}],
  ])('of %s are those of the int and the double that are the same number', (value, expected) => {
    expect(equalNumberTexts(value)).toEqual(expected);
  });
});
