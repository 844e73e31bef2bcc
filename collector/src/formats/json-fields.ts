import type { KeyValue } from '../api/index.ts';
import { isObject, type JsonObject, textForm } from './json-shapes.ts';

const DIGITS = /^\d{1,16}$/;

/**
 * The fields of a JSON object that came from outside, each read as the type that belongs there. What is of another type is lost to nobody: it becomes an attribute,
 * under the field's place, with its JSON as text. `null` is not there.
 */
export class JsonFields {
  readonly #object: JsonObject;
  /** `zipkin`, or `zipkin.localEndpoint`. */
  readonly #place: string;
  readonly #odd: KeyValue[];

  /** `odd`: where attributes of what is of another type are gathered. */
  constructor(object: JsonObject, { place, odd }: { readonly place: string; readonly odd: KeyValue[] }) {
    this.#object = object;
    this.#place = place;
    this.#odd = odd;
  }

  /** A number or a truth value is its own text. */
  text(key: string): string | undefined {
    const value = this.#own(key);
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : this.#typed(key, value, isText);
  }

  /** From 0 to 2^53, fractions cut off; also as text of its digits. */
  whole(key: string): bigint | undefined {
    const value = this.#own(key);
    const number = isText(value) && DIGITS.test(value) ? Number(value) : value;
    if (typeof number === 'number' && number >= 0 && number <= Number.MAX_SAFE_INTEGER) return BigInt(Math.trunc(number));
    return this.#typed(key, value, isNothing);
  }

  flag(key: string): boolean | undefined {
    return this.#typed(key, this.#own(key), isFlag);
  }

  list(key: string): readonly unknown[] | undefined {
    return this.#typed(key, this.#own(key), Array.isArray);
  }

  object(key: string): JsonObject | undefined {
    return this.#typed(key, this.#own(key), isObject);
  }

  /** Of an object inside of this one. */
  fields(key: string): JsonFields | undefined {
    const object = this.object(key);
    return object && new JsonFields(object, { place: `${this.#place}.${key}`, odd: this.#odd });
  }

  /** What has the right type and says nothing that is known becomes an attribute too. */
  keep(key: string): void {
    this.#odd.push({ key: `${this.#place}.${key}`, value: { stringValue: textForm(this.#own(key)) } });
  }

  #typed<T>(key: string, value: unknown, isType: (value: unknown) => value is T): T | undefined {
    if (value === undefined || value === null) return undefined;
    if (isType(value)) return value;
    this.keep(key);
    return undefined;
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isNothing(_value: unknown): _value is never {
  return false;
}
