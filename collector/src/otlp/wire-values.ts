import type { MessageField, ScalarField } from './schema.ts';
import type { ScalarValue, ValueSink, WireSink } from './sinks.ts';

const TWO_32 = 2 ** 32;
/** Below this the upper half times 2^32 plus the lower is exact in a double. */
const EXACT_HIGH = 2 ** 21;

/**
 * Decodes what a protobuf walk tells into OTLP/JSON's encodings and passes it on. Bytes in a string that are not UTF-8 become
 * U+FFFD, as every decoder of the WHATWG encoding standard has it: a sender's one bad byte must not cost its whole batch.
 */
export class WireValues implements WireSink {
  readonly #body: Buffer;
  readonly #next: ValueSink;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  constructor(body: Uint8Array, next: ValueSink) {
    this.#body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#next = next;
  }

  open(field: MessageField): void {
    this.#next.open(field);
  }

  close(field: MessageField): void {
    this.#next.close(field);
  }

  range(field: ScalarField, start: number, end: number): void {
    const encoding = field.kind === 'id' ? 'hex' : field.kind === 'bytes' ? 'base64' : 'utf8';
    this.#next.value(field, this.#body.toString(encoding, start, end));
  }

  bits(field: ScalarField, low: number, high: number): void {
    this.#next.value(field, this.#number(field, low, high));
  }

  #number(field: ScalarField, low: number, high: number): ScalarValue {
    switch (field.kind) {
      case 'bool':
        return low !== 0 || high !== 0;
      case 'int64':
      case 'sfixed64':
        return signedDecimal(low, high);
      case 'uint64':
      case 'fixed64':
        return unsignedDecimal(low, high);
      case 'double':
        this.#scratch.setUint32(0, high);
        this.#scratch.setUint32(4, low);
        return jsonDouble(this.#scratch.getFloat64(0));
      // An enum is an int32, sent in 64 bits when negative: the lower half says it.
      case 'enum':
        return low | 0;
      // Zigzag: the lowest bit is the sign.
      case 'sint32':
        return (low >>> 1) ^ -(low & 1);
      default:
        return low;
    }
  }
}

/** A double as JSON can hold it: what JSON has no number for is a string. */
export function jsonDouble(value: number): number | 'NaN' | 'Infinity' | '-Infinity' | '-0' {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  return Object.is(value, -0) ? '-0' : value;
}

function unsignedDecimal(low: number, high: number): string {
  return high < EXACT_HIGH ? String(high * TWO_32 + low) : ((BigInt(high) << 32n) | BigInt(low)).toString();
}

export function signedDecimal(low: number, high: number): string {
  if (high < EXACT_HIGH) return String(high * TWO_32 + low);
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)).toString();
}
