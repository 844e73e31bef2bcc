import { createHash } from 'node:crypto';
import { ThreadlineError } from '../../errors.ts';
import type { ResolvedRange } from './time-range.ts';

/**
 * What a cursor holds, and all it holds: nothing on the server stands behind it and nothing in it expires.
 * It is base64url of an 8-byte SHA-256 prefix and the JSON below. The prefix is not a secret (a cursor opens nothing that its
 * holder could not ask for): it finds cursors that were cut or changed on their way.
 */
export interface Cursor {
  readonly endpoint: string;
  /** Absolute, so that `now-15m` does not move between pages. */
  readonly range: ResolvedRange;
  /** A hash of each parameter that the pages have in common. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the last row; its meaning is the endpoint's. Null is a part that is not there. */
  readonly position: readonly (string | null)[];
}

const VERSION = 1;
const CHECK_BYTES = 8;
/** A cursor is a few hundred characters; far below the limit of a URL, far above any that was made here. */
const MAX_CURSOR_LENGTH = 4_096;

export function encodeCursor({ endpoint, range, parameters, position }: Cursor): string {
  const json = Buffer.from(JSON.stringify([VERSION, endpoint, nanosText(range.fromNanos), nanosText(range.toNanos), parameters, position]));
  return Buffer.concat([checkOf(json), json]).toString('base64url');
}

/** Throws `invalid_argument` for anything that `encodeCursor` did not make for this endpoint. */
export function decodeCursor(text: string, endpoint: string): Cursor {
  const bytes = text.length > MAX_CURSOR_LENGTH ? Buffer.alloc(0) : Buffer.from(text, 'base64url');
  const json = bytes.subarray(CHECK_BYTES);
  // Node's decoder skips what is not base64url: only a text that comes back the same is one.
  if (json.length === 0 || bytes.toString('base64url') !== text || !checkOf(json).equals(bytes.subarray(0, CHECK_BYTES))) {
    throw invalidCursor('is not one that this API gave');
  }
  const cursor = readContent(JSON.parse(json.toString()));
  if (cursor === undefined) throw invalidCursor('is of another version of this API');
  if (cursor.endpoint !== endpoint) throw invalidCursor('is of another endpoint');
  return cursor;
}

/** The error for a cursor that does not fit; `reason` continues "The cursor …". */
export function invalidCursor(reason: string): ThreadlineError {
  return new ThreadlineError('invalid_argument', `The cursor ${reason}. Ask again without it for the first page.`, {
    field: 'cursor',
    position: 0,
    expected: ['the nextCursor of an answer to the same request'],
  });
}

/** What stands for a parameter's values in a cursor. */
export function hashValues(values: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 11);
}

function checkOf(json: Uint8Array): Buffer {
  return createHash('sha256').update(json).digest().subarray(0, CHECK_BYTES);
}

function readContent(content: unknown): Cursor | undefined {
  if (!Array.isArray(content) || content[0] !== VERSION) return undefined;
  const [, endpoint, from, to, parameters, position]: readonly unknown[] = content;
  if (typeof endpoint !== 'string' || !isTextRecord(parameters) || !Array.isArray(position)) return undefined;
  if (!isNanosText(from) || !isNanosText(to) || !position.every((part) => part === null || typeof part === 'string')) return undefined;
  return { endpoint, range: { fromNanos: nanosOf(from), toNanos: nanosOf(to) }, parameters, position };
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
}

function isNanosText(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && /^\d{1,30}$/.test(value));
}

function nanosText(nanos: bigint | null): string | null {
  return nanos === null ? null : nanos.toString();
}

function nanosOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
