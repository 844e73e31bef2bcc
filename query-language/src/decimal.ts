const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/** Powers of ten that no finite double other than zero reaches: decimals beyond are compared by this alone. */
const MAX_MAGNITUDE = 400;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** A decimal number exactly: `digits * 10 ** exponent`. Where it is zero or beyond `MAX_MAGNITUDE`, only its sign and side are kept. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/**
 * A decimal number in JSON's grammar: `+5.` is `5`, `.5` is `0.5`, `007` is `7`, `1E+3` is `1e3`. No digit of its value changes.
 * Undefined for what is not a decimal number, `NaN` and `Infinity` among it.
 */
export function plainDecimal(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const integer = (match[2] ?? '').replace(/^0+(?=.)/, '') || '0';
  const fraction = match[3] || match[4];
  const exponent = match[5] === undefined ? '' : `e${match[5].replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')}`;
  return `${match[1] === '-' ? '-' : ''}${integer}${fraction ? `.${fraction}` : ''}${exponent}`;
}

/** The exact value of decimal text; undefined for what is not a decimal number. */
export function readDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const fraction = match[3] ?? match[4] ?? '';
  const written = `${match[2] ?? ''}${fraction}`.replace(/^0+/, '');
  // Not by a regular expression: one that ends in `$` looks at each of many zeros again and again.
  let end = written.length;
  while (written.charAt(end - 1) === '0') end -= 1;
  const significant = written.slice(0, end);
  if (significant === '') return { digits: 0n, exponent: 0 };
  const exponent = Number(match[5] ?? 0) - fraction.length + written.length - significant.length;
  const sign = match[1] === '-' ? -1n : 1n;
  const magnitude = exponent + significant.length;
  if (magnitude > MAX_MAGNITUDE) return { digits: sign, exponent: MAX_MAGNITUDE };
  if (magnitude < -MAX_MAGNITUDE) return { digits: sign, exponent: -MAX_MAGNITUDE };
  return { digits: sign * BigInt(significant), exponent };
}

/** The greatest integer that is not above the decimal, and whether it is the decimal itself. */
export function floorDecimal({ digits, exponent }: Decimal): { readonly floor: bigint; readonly isExact: boolean } {
  if (exponent >= 0) return { floor: digits * 10n ** BigInt(exponent), isExact: true };
  const scale = 10n ** BigInt(-exponent);
  const quotient = digits / scale;
  const isExact = quotient * scale === digits;
  return { floor: isExact || digits > 0n ? quotient : quotient - 1n, isExact };
}

/**
 * One text for all decimals of one value, so that `5`, `5.0` and `5e0` are equal: the digits of an integer that fits 64 bits,
 * else the shortest text of the nearest double. `-0` is `0`. Undefined for what is not a decimal number (`NaN`, `Infinity`, words),
 * and for a number that no double is near: beyond the greatest one, or so small that only zero is left of it.
 */
export function canonicalNumber(text: string): string | undefined {
  const decimal = readDecimal(text);
  if (decimal === undefined) return undefined;
  const { floor, isExact } = floorDecimal(decimal);
  if (isExact && isInt64(floor)) return String(floor);
  const nearest = Number(text);
  return Number.isFinite(nearest) && nearest !== 0 ? String(nearest) : undefined;
}

function isInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}
