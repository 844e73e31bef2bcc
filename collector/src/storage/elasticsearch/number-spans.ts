import { canonicalNumber, doubleBounds, integerBounds, type RangeEnd } from '@threadline/query-language';
import { orderedDouble, orderedInteger } from './ordered-number.ts';

/** One run of ordered numbers, both ends inclusive. */
export interface NumberSpan {
  readonly from: string;
  readonly to: string;
}

export interface NumberEnds {
  readonly min?: RangeEnd;
  readonly max?: RangeEnd;
}

/** Which ordered terms hold the numbers of the range: at most one span of integers and one of doubles. */
export function numberSpans({ min, max }: NumberEnds): NumberSpan[] {
  const integers = integerBounds(min, max);
  const doubles = doubleBounds(min, max);
  return [
    ...(integers ? [{ from: orderedInteger(integers.min), to: orderedInteger(integers.max) }] : []),
    ...(doubles ? [{ from: orderedDouble(doubles.min), to: orderedDouble(doubles.max) }] : []),
  ];
}

/** The ordered terms of the numbers that equal a text by value: `5.0` is the integer 5 and the double 5. None when it is no number. */
export function equalNumbers(text: string): string[] {
  const number = canonicalNumber(text);
  if (number === undefined) return [];
  const integer = integerEqual(number);
  const double = Number(number);
  return [
    ...(integer !== undefined && canonicalNumber(String(integer)) === number ? [orderedInteger(integer)] : []),
    ...(Number.isFinite(double) && canonicalNumber(String(double)) === number ? [orderedDouble(double)] : []),
  ];
}

/** The 64-bit integer of this value; undefined for a fraction, and beyond 64 bits. */
function integerEqual(number: string): bigint | undefined {
  const end = { value: number, inclusive: true };
  return integerBounds(end, end)?.min;
}
