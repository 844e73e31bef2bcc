import type { AnyValue, KeyValue, Truncation } from '../api/index.ts';
import { LIMITS } from '../otlp/limits.ts';
import { base64Bytes } from './content-size.ts';

/** A key in a mark's path is for finding the place; a longer one is cut there. */
const MAX_PATH_KEY_LENGTH = 256;

/** Collects what was cut from one record, its resource or its scope. At most `LIMITS.truncationMarks` marks are kept. */
export class Cuts {
  readonly marks: Truncation[] = [];
  readonly #cutValues: ReadonlyMap<AnyValue, number>;

  /** `cutValues`: see `DecodedRequest`. */
  constructor(cutValues: ReadonlyMap<AnyValue, number>) {
    this.#cutValues = cutValues;
  }

  mark(path: string, limit: Truncation['limit'], originalSize: number): void {
    if (this.marks.length < LIMITS.truncationMarks) this.marks.push({ path, limit, originalSize });
  }

  /** A text that is no attribute, as a name or a schema URL; undefined stays undefined. */
  text(text: string, path: string): string {
    if (text.length * 3 <= LIMITS.valueBytes) return text;
    const cut = cutText(text, LIMITS.valueBytes);
    if (cut.length < text.length) this.mark(path, 'valueBytes', Buffer.byteLength(text));
    return cut;
  }

  /** Cuts the list to its count and each value to its size, in place. */
  attributes(attributes: KeyValue[], path: string): void {
    if (attributes.length > LIMITS.attributeCount) {
      this.mark(path, 'attributeCount', attributes.length);
      attributes.length = LIMITS.attributeCount;
    }
    for (const { key, value } of attributes) {
      if (value !== undefined && !this.#isWithin(value)) this.#cutValue(value, `${path}.${pathKey(key)}`);
    }
  }

  /** Marks a body whose arrays and maps were nested too deep; its size is the record's affair. */
  body(body: AnyValue): void {
    if (this.#cutValues.size > 0) this.#markDepth(body, 'body');
  }

  /** Most values are short texts and numbers: they cost no path. */
  #isWithin(value: AnyValue): boolean {
    if (value.stringValue !== undefined) return value.stringValue.length * 3 <= LIMITS.valueBytes;
    if (value.bytesValue !== undefined) return value.bytesValue.length <= LIMITS.valueBytes;
    if (value.arrayValue) return this.#cutValues.size === 0 && value.arrayValue.values.every((element) => this.#isWithin(element));
    return value.kvlistValue === undefined;
  }

  #cutValue(value: AnyValue, path: string): void {
    if (this.#cutValues.size > 0) this.#markDepth(value, path);
    this.#cutScalars(value, path);
  }

  #cutScalars(value: AnyValue, path: string): void {
    if (value.stringValue !== undefined) value.stringValue = this.text(value.stringValue, path);
    else if (value.bytesValue !== undefined) value.bytesValue = this.#bytes(value.bytesValue, path);
    else if (value.arrayValue)
      for (const [index, element] of value.arrayValue.values.entries()) this.#cutScalars(element, `${path}[${index}]`);
    else if (value.kvlistValue) {
      for (const entry of value.kvlistValue.values) if (entry.value) this.#cutScalars(entry.value, `${path}.${pathKey(entry.key)}`);
    }
  }

  #bytes(base64: string, path: string): string {
    const originalSize = base64Bytes(base64);
    if (originalSize <= LIMITS.valueBytes) return base64;
    this.mark(path, 'valueBytes', originalSize);
    return cutBase64(base64, LIMITS.valueBytes);
  }

  #markDepth(root: AnyValue, path: string): void {
    const levels = this.#deepestCut(root);
    if (levels > 0) this.mark(path, 'depth', levels);
  }

  #deepestCut(value: AnyValue): number {
    let deepest = this.#cutValues.get(value) ?? 0;
    for (const element of value.arrayValue?.values ?? []) deepest = Math.max(deepest, this.#deepestCut(element));
    for (const entry of value.kvlistValue?.values ?? []) if (entry.value) deepest = Math.max(deepest, this.#deepestCut(entry.value));
    return deepest;
  }
}

const encoder = new TextEncoder();

/** As much of the text as fits into the bytes of UTF-8, never half a code point. */
export function cutText(text: string, maxBytes: number): string {
  const { read } = encoder.encodeInto(text.slice(0, maxBytes), new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/** The first bytes of what the base64 stands for. */
export function cutBase64(base64: string, maxBytes: number): string {
  return Buffer.from(base64, 'base64').subarray(0, maxBytes).toString('base64');
}

function pathKey(key: string): string {
  return key.length > MAX_PATH_KEY_LENGTH ? `${key.slice(0, MAX_PATH_KEY_LENGTH)}…` : key;
}
