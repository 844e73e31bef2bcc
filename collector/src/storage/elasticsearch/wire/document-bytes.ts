import { isUtf8 } from 'node:buffer';

/** UTF-8 has at most three bytes for what is one unit of a string. */
const MAX_BYTES_A_UNIT = 3;
const FIRST_BYTES = 1024 * 1024;
const HEX_DIGITS = Buffer.from('0123456789abcdef');
const DIGIT_ZERO = 0x30;
const NANOS_A_SECOND = 1_000_000_000;
const NANOS_DIGITS = 9;
const MINUS = 0x2d;
const TWO_16 = 2 ** 16;
/** Below it, `| 0` cuts a fraction off. */
const TWO_31 = 2 ** 31;
const SECOND_TEXT_BYTES = 19;
/** A longer range is copied by the engine's own loop, which is faster once it has begun. */
const MAX_LOOPED_BYTES = 48;

/** What has to be done to a byte in a JSON string: nothing, an escape, or to see that it is valid UTF-8 with its neighbours. */
const PLAIN = 0;
const ESCAPED = 1;
const NOT_ASCII = 2;
const BYTE_FORMS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 ? NOT_ASCII : JSON.stringify(String.fromCharCode(byte)).length > 3 ? ESCAPED : PLAIN,
);

/** How a text stands in a JSON string. */
export const TEXT_FORMS = { asItIs: 0, withEscapes: 1, invalid: 2 } as const;
type Valid = typeof TEXT_FORMS.asItIs | typeof TEXT_FORMS.withEscapes;
export type TextForm = Valid | typeof TEXT_FORMS.invalid;

/** Of ASCII's bytes, each as it stands in a JSON string, and in a JSON string in a JSON string. */
const ONCE = Array.from({ length: 128 }, (_, byte) => Buffer.from(quotedOnce(String.fromCharCode(byte))));
const TWICE = Array.from({ length: 128 }, (_, byte) => Buffer.from(quotedTwice(String.fromCharCode(byte))));

/** How many bytes these texts take at most. */
export function maxBytes(...texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + MAX_BYTES_A_UNIT * length, 0);
}

/** A text between the quotes of a JSON string. */
export function quotedOnce(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A text between the quotes of a JSON string that is itself text in a JSON string. */
export function quotedTwice(text: string): string {
  return quotedOnce(quotedOnce(text));
}

/** An object's members as they stand in JSON text in a JSON string, each with a comma before it. */
export function membersTwice(members: object): string {
  const json = JSON.stringify(members).slice(1, -1);
  return json === '' ? '' : `,${quotedOnce(json)}`;
}

/** Half a surrogate pair has no bytes in UTF-8: whatever is valid stands in JSON as it is, but for ASCII's quotes, backslashes and control characters. */
export function textForm(bytes: Buffer, start: number, end: number): TextForm {
  let all = 0;
  for (let at = start; at < end; at += 1) all |= BYTE_FORMS[bytes[at] ?? 0] ?? 0;
  if (all >= NOT_ASCII && !isUtf8(bytes.subarray(start, end))) return TEXT_FORMS.invalid;
  return (all & ESCAPED) === 0 ? TEXT_FORMS.asItIs : TEXT_FORMS.withEscapes;
}

/**
 * Where documents are written as bytes, one behind the other. `reserve` comes before whatever is written: nothing else makes room. Halves are of
 * a 64-bit number, both unsigned; where it is a time or a decimal, below 2^63.
 */
export class DocumentBytes {
  bytes: Buffer;
  at = 0;
  #second = -1;
  readonly #secondText = Buffer.alloc(SECOND_TEXT_BYTES);
  /** Of the number that was divided last. */
  #seconds = 0;
  #nanos = 0;

  constructor(bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)) {
    this.bytes = bytes;
  }

  reserve(count: number): void {
    if (this.bytes.length - this.at >= count) return;
    const larger = Buffer.allocUnsafe(Math.max(this.at + count, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  byte(byte: number): void {
    this.bytes[this.at] = byte;
    this.at += 1;
  }

  /** What is the same in many documents. */
  put(chunk: Uint8Array): void {
    this.bytes.set(chunk, this.at);
    this.at += chunk.length;
  }

  /** What was written before from `start` to `end`. */
  again(start: number, end: number): void {
    if (end - start > MAX_LOOPED_BYTES) {
      this.bytes.copyWithin(this.at, start, end);
      this.at += end - start;
    } else this.#copy(this.bytes, start, end);
  }

  /** A text between the quotes of a JSON string. */
  text(body: Buffer, start: number, end: number, form: Valid): void {
    if (form === TEXT_FORMS.withEscapes) this.#escape(ONCE, body, start, end);
    else this.#copy(body, start, end);
  }

  /** A text between the quotes of a JSON string in a JSON string. */
  textTwice(body: Buffer, start: number, end: number, form: Valid): void {
    if (form === TEXT_FORMS.withEscapes) this.#escape(TWICE, body, start, end);
    else this.#copy(body, start, end);
  }

  /** What is ASCII. */
  ascii(text: string): void {
    const { bytes, at } = this;
    for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
    this.at = at + text.length;
  }

  utf8(text: string): void {
    this.at += this.bytes.write(text, this.at);
  }

  hex(body: Uint8Array, start: number, length: number): void {
    const { bytes, at } = this;
    for (let index = 0; index < length; index += 1) {
      const byte = body[start + index] ?? 0;
      bytes[at + 2 * index] = HEX_DIGITS[byte >>> 4] ?? 0;
      bytes[at + 2 * index + 1] = HEX_DIGITS[byte & 15] ?? 0;
    }
    this.at = at + 2 * length;
  }

  /** So many of the lowest hex digits of a number below 2^32. */
  hexDigits(value: number, digits: number): void {
    const { bytes, at } = this;
    for (let place = 0; place < digits; place += 1) bytes[at + place] = HEX_DIGITS[(value >>> (4 * (digits - 1 - place))) & 15] ?? 0;
    this.at = at + digits;
  }

  /** A whole number from 0 up to 2^53. */
  digits(value: number): void {
    let end = this.at + 1;
    for (let rest = value; rest >= 10; rest = tenthOf(rest)) end += 1;
    this.#place(value, this.at, end);
    this.at = end;
  }

  decimal(low: number, high: number): void {
    if (high === 0) {
      this.digits(low);
      return;
    }
    this.#divide(low, high);
    this.digits(this.#seconds);
    this.#nanoDigits();
  }

  /** A signed whole number, of which these are the halves in two's complement. */
  signedDecimal(low: number, high: number): void {
    if (high < 0x8000_0000) {
      this.decimal(low, high);
      return;
    }
    this.byte(MINUS);
    this.decimal(-low >>> 0, (low === 0 ? -high : ~high) >>> 0);
  }

  /** Nanoseconds as `formatNanos` writes them. */
  time(low: number, high: number): void {
    this.#divide(low, high);
    // Records that are written together are mostly of the same second.
    if (this.#seconds !== this.#second) {
      this.#second = this.#seconds;
      this.#secondText.write(new Date(this.#seconds * 1_000).toISOString(), 'latin1');
    }
    this.put(this.#secondText);
    this.byte(0x2e);
    this.#nanoDigits();
    this.byte(0x5a);
  }

  /** A signed whole number as `orderedInteger` writes it. */
  orderedInteger(low: number, high: number): void {
    this.byte(0x69);
    this.hexDigits((high ^ 0x8000_0000) >>> 0, 8);
    this.hexDigits(low, 8);
  }

  /** The halves of a double that is neither NaN nor -0, as `orderedDouble` writes it. */
  orderedDouble(low: number, high: number): void {
    const isNegative = high >= 0x8000_0000;
    this.byte(0x64);
    this.hexDigits((isNegative ? ~high : high | 0x8000_0000) >>> 0, 8);
    this.hexDigits((isNegative ? ~low : low) >>> 0, 8);
  }

  #copy(source: Uint8Array, start: number, end: number): void {
    const { bytes, at } = this;
    for (let index = start; index < end; index += 1) bytes[at + index - start] = source[index] ?? 0;
    this.at = at + end - start;
  }

  #escape(escapes: readonly Buffer[], body: Buffer, start: number, end: number): void {
    const { bytes } = this;
    let to = this.at;
    for (let at = start; at < end; at += 1) {
      const byte = body[at] ?? 0;
      if (BYTE_FORMS[byte] !== ESCAPED) bytes[to++] = byte;
      else for (const escaped of escapes[byte] ?? []) bytes[to++] = escaped;
    }
    this.at = to;
  }

  /** By a billion, 16 bits at a time, so that nothing on the way is beyond 2^53. */
  #divide(low: number, high: number): void {
    let rest = high >>> 16;
    let quotient = Math.floor(rest / NANOS_A_SECOND);
    rest = rest * TWO_16 + (high & 0xffff);
    let part = Math.floor(rest / NANOS_A_SECOND);
    quotient = quotient * TWO_16 + part;
    rest = (rest - part * NANOS_A_SECOND) * TWO_16 + (low >>> 16);
    part = Math.floor(rest / NANOS_A_SECOND);
    quotient = quotient * TWO_16 + part;
    rest = (rest - part * NANOS_A_SECOND) * TWO_16 + (low & 0xffff);
    part = Math.floor(rest / NANOS_A_SECOND);
    this.#seconds = quotient * TWO_16 + part;
    this.#nanos = rest - part * NANOS_A_SECOND;
  }

  #nanoDigits(): void {
    this.#place(this.#nanos, this.at, this.at + NANOS_DIGITS);
    this.at += NANOS_DIGITS;
  }

  /** Decimal digits from `start` to `end`, with zeros in front. */
  #place(value: number, start: number, end: number): void {
    const { bytes } = this;
    let rest = value;
    for (let place = end - 1; place >= start; place -= 1) {
      const tenth = tenthOf(rest);
      bytes[place] = DIGIT_ZERO + (rest - tenth * 10);
      rest = tenth;
    }
  }
}

function tenthOf(value: number): number {
  return value < TWO_31 ? (value / 10) | 0 : Math.floor(value / 10);
}
