import type { Field, MessageField, ScalarField } from './schema.ts';

/** Messages as a walk meets them. The root message is not opened or closed: it is there from the start. */
interface MessageEvents {
  /** One message of the field begins: for a list its next element, else the one message, also when it began before. */
  open(field: MessageField): void;
  close(field: MessageField): void;
}

/**
 * What a walk over protobuf tells: ranges of the body and bits, nothing decoded, so that a sink decodes only what it keeps.
 * Everything told is checked: ranges lie inside their message, wire types are the field's own.
 */
export interface WireSink extends MessageEvents {
  /** A string, bytes or an id: the bytes from `start` to `end`. */
  range(field: ScalarField, start: number, end: number): void;
  /** A number or a boolean: its lower and upper 32 bits, each as an unsigned integer. Fixed 32-bit values have `high` 0. */
  bits(field: ScalarField, low: number, high: number): void;
}

/** A scalar in OTLP/JSON's encoding as `api/otlp-json.ts` has it: 64-bit integers decimal, ids in lower-case hex, bytes in base64. */
export type ScalarValue = string | number | boolean;

/** What both encodings come to: messages and decoded scalars, in the order that they were sent. */
export interface ValueSink extends MessageEvents {
  value(field: ScalarField, value: ScalarValue): void;
}

/** The field as an error message names it. */
export function fieldLabel(message: string, field: Field): string {
  return `${message}.${field.name} (field ${field.number})`;
}
