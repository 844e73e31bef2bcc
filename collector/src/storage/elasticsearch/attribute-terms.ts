import { createHash } from 'node:crypto';
import { type AttributeLeaf, type LeafValue, leafText } from '../../model/attribute-leaves.ts';
import { orderedDouble, orderedInteger } from './ordered-number.ts';

/**
 * How attributes become terms of three keyword arrays, one set for each place (attributes, resource, scope, event, link, body):
 *
 *     keys     <key>                 each key that has a value
 *     pairs    <key>=<text>          each value in its text form: equality and patterns
 *     numbers  <key>=<ordered>       each number: ranges, and equality by value (see ordered-number.ts)
 *
 * Any key fits, so every form of the query language is answered from them alone, mapped or not. In a key `=` and `\` are
 * escaped with `\`, so the first bare `=` ends it. `\#` and a SHA-256 stands for what is too long for a term: a key, or a
 * value, whose pair then has no `=`.
 */

/** Lucene refuses a term over 32,766 bytes: at three bytes a UTF-16 unit this and the longest key stay below. */
export const MAX_TERM_TEXT_LENGTH = 8_191;
/** The longest term that this module makes is shorter: an escaped key, `=` and a value. Three times as many bytes still fit. */
export const MAX_TERM_LENGTH = 10_922;
/**
 * Longer keys are hashed, as each leaf of a map repeats its whole path. In bytes, escaped, since Elasticsearch 8 answers a range of terms by an automaton
 * of at most 1,000 states, one a byte.
 */
export const MAX_TERM_KEY_LENGTH = 512;
const MAX_TERM_KEY_BYTES = 900;

export interface AttributeTerms {
  readonly keys: readonly string[];
  readonly pairs: readonly string[];
  readonly numbers: readonly string[];
  /** Keys, as in `keys`, with a value that is in `pairs` as a hash only: patterns have to look at the record itself. */
  readonly hashedKeys: readonly string[];
}

export function attributeTerms(leaves: readonly AttributeLeaf[]): AttributeTerms {
  const keys = new Set<string>();
  const pairs = new Set<string>();
  const numbers = new Set<string>();
  const hashedKeys = new Set<string>();
  for (const { key, value } of leaves) {
    const term = keyTerm(key);
    keys.add(term);
    const text = leafText(value);
    pairs.add(pairTerm(term, text));
    if (isHashed(text)) hashedKeys.add(term);
    const number = numberTerm(term, value);
    if (number !== undefined) numbers.add(number);
  }
  return { keys: [...keys], pairs: [...pairs], numbers: [...numbers], hashedKeys: [...hashedKeys] };
}

/** A key as `keys` has it. */
export function keyTerm(key: string): string {
  if (key.length > MAX_TERM_KEY_LENGTH) return hashOf(key);
  const term = wellFormed(key).replaceAll(/[\\=]/g, '\\$&');
  return Buffer.byteLength(term) > MAX_TERM_KEY_BYTES ? hashOf(key) : term;
}

/** The key of a term that is no hash. */
export function keyOfTerm(term: string): string {
  return term.replaceAll(/\\([\\=])/g, '$1');
}

/** A key's term and a value's text as `pairs` has them. */
export function pairTerm(term: string, text: string): string {
  return isHashed(text) ? term + hashOf(text) : `${term}=${wellFormed(text)}`;
}

/** The term of a field that is a keyword by itself (`service`): its text, or the hash of a long one. */
export function textTerm(text: string): string {
  return isHashed(text) ? hashOf(text) : wellFormed(text);
}

/** Whether a value is in the index as a hash only. */
export function isHashed(text: string): boolean {
  return text.length > MAX_TERM_TEXT_LENGTH;
}

/** Whether a term of a keyword field may be a hash. */
export function isHash(term: string): boolean {
  return /^\\#[0-9a-f]{64}$/.test(term);
}

/** Half a surrogate pair has no UTF-8: it is indexed, and asked for, as U+FFFD. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}

function numberTerm(term: string, value: LeafValue): string | undefined {
  if (value.type === 'int') return `${term}=${orderedInteger(value.value)}`;
  if (value.type === 'double' && Number.isFinite(value.value)) return `${term}=${orderedDouble(value.value)}`;
  return undefined;
}

function hashOf(text: string): string {
  return `\\#${createHash('sha256').update(text).digest('hex')}`;
}
