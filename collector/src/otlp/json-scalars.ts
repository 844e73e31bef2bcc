import type { JsonScanner, JsonToken } from './json-scanner.ts';
import type { ScalarKind } from './messages.ts';
import type { ScalarValue } from './sinks.ts';
import { jsonDouble } from './wire-values.ts';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Digits of the longest 64-bit integer; a number that is longer when written out is no such integer. */
const MAX_INTEGER_DIGITS = 20;
const LONG_DOUBLES: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

interface ScalarRule {
  /** As an error message says it. */
  readonly expected: string;
  /** The value in our encoding; undefined when the text is none. `token` says whether it stood in quotes. */
  parse(text: string, token: JsonToken): ScalarValue | undefined;
}

/** Integers stand as numbers or in quotes, as proto3's JSON mapping has it; every digit counts. */
function integerRule(min: bigint, max: bigint, isDecimal: boolean): ScalarRule {
  return {
    expected: `an integer from ${min} to ${max}`,
    parse: (text) => {
      const value = parseInteger(text);
      if (value === undefined || value < min || value > max) return undefined;
      return isDecimal ? value.toString() : Number(value);
    },
  };
}

const TEXT: ScalarRule = { expected: 'a string', parse: (text, token) => (token === 'string' ? text : undefined) };
const UINT32 = integerRule(0n, 2n ** 32n - 1n, false);
const INT64 = integerRule(-(2n ** 63n), 2n ** 63n - 1n, true);
const UINT64 = integerRule(0n, 2n ** 64n - 1n, true);
const INT32 = integerRule(-(2n ** 31n), 2n ** 31n - 1n, false);

const RULES: Readonly<Record<ScalarKind, ScalarRule>> = {
  string: TEXT,
  // Not checked here: a wrong id costs its record, not the whole body.
  id: { expected: 'a string of hex digits', parse: (text, token) => (token === 'string' ? text.toLowerCase() : undefined) },
  bytes: { expected: 'a string of base64', parse: (text, token) => (token === 'string' ? parseBase64(text) : undefined) },
  int64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
  sint32: INT32,
  fixed32: UINT32,
  uint32: UINT32,
  // OTLP/JSON: enums are integers, names of their values are not allowed.
  enum: {
    expected: 'an integer (OTLP/JSON has no names of enum values)',
    parse: (text, token) => (token === 'number' ? INT32.parse(text, token) : undefined),
  },
  bool: { expected: 'true or false', parse: (text, token) => (token === 'boolean' ? text === 'true' : undefined) },
  double: { expected: 'a number, "NaN", "Infinity" or "-Infinity"', parse: parseDouble },
};

/** What would be right for a field of the kind. */
export function expectedScalar(kind: ScalarKind): string {
  return RULES[kind].expected;
}

/** Reads the scalar that comes next; undefined when it is none of the field's kind. Not to be called at `null`, `{` or `[`. */
export function readScalar(scanner: JsonScanner, token: JsonToken, kind: ScalarKind): ScalarValue | undefined {
  const text = token === 'string' ? scanner.readString() : token === 'number' ? scanner.readNumber() : String(scanner.readBoolean());
  return token === 'boolean' && kind !== 'bool' ? undefined : RULES[kind].parse(text, token);
}

/** The exact integer that a JSON number is, also written as `1.5e3`; undefined for a fraction or another text. */
function parseInteger(text: string): bigint | undefined {
  const [, sign, whole, fraction = '', exponent] = PARTS.exec(text) ?? [];
  if (whole === undefined) return undefined;
  if (fraction === '' && exponent === undefined) return whole.length > MAX_INTEGER_DIGITS ? undefined : BigInt(text);
  const digits = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return 0n;
  const trailingZeros = `${whole}${fraction}`.length - `${whole}${fraction}`.replace(/0+$/, '').length;
  const power = Number(exponent ?? 0) - fraction.length + trailingZeros;
  if (power < 0 || digits.length + power > MAX_INTEGER_DIGITS) return undefined;
  const magnitude = BigInt(digits) * 10n ** BigInt(power);
  return sign === '-' ? -magnitude : magnitude;
}

function parseDouble(text: string): ScalarValue | undefined {
  if (LONG_DOUBLES.has(text)) return text;
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? jsonDouble(value) : undefined;
}

/** Standard or URL alphabet, padded or not, to standard and padded. */
function parseBase64(text: string): string | undefined {
  if (!BASE64.test(text) || text.replace(/=+$/, '').length % 4 === 1) return undefined;
  return Buffer.from(text, 'base64').toString('base64');
}
