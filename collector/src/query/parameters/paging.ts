import type { RowKey } from '../../model/record.ts';
import { type Cursor, decodeCursor, encodeCursor, hashValues, invalidCursor } from './cursor.ts';
import { type ParameterNames, type Parameters, parseWholeNumber } from './parameters.ts';
import { checkRange, parseTimeParameter, type ResolvedRange } from './time-range.ts';

/** Rows of a page that is asked for without `limit`. */
export const DEFAULT_LIMIT = 100;
/** Rows of a page at most: what a reader can take in, and some megabytes at the usual size of a record. */
export const MAX_LIMIT = 1_000;

/** Where in a list a request stands, and how its next page is asked for. */
export interface Paging {
  readonly range: ResolvedRange;
  readonly limit: number;
  /** Of the last row that was answered; undefined on the first page. */
  readonly position: Cursor['position'] | undefined;
  /** The cursor after this row, for the same request. */
  nextCursor(position: Cursor['position']): string;
}

export interface PagingOptions {
  /** Tells the endpoints' cursors apart; a path with its ids, so that a cursor of one trace does not page another. */
  readonly endpoint: string;
  readonly names: ParameterNames;
  /** What an absent `from` or `to` means; undefined leaves that end open. */
  readonly defaultFrom?: string;
  readonly defaultTo?: string;
  readonly nowNanos: bigint;
}

/**
 * Reads `from`, `to`, `limit` and `cursor`. With a cursor the range is the cursor's: `from` and `to` may be left out, repeated as
 * they first were (`now-15m` then does not move) or given as the same instants. Every other parameter has to be the same as on
 * the first page, only `limit` may change; else `invalid_argument` that names the parameter.
 */
export function parsePaging(parameters: Parameters, options: PagingOptions): Paging {
  const cursorText = parameters.get('cursor');
  const cursor = cursorText === undefined ? undefined : decodeCursor(cursorText, options.endpoint);
  const texts = {
    from: parameters.get('from') ?? (cursor ? undefined : options.defaultFrom),
    to: parameters.get('to') ?? (cursor ? undefined : options.defaultTo),
  };
  const hashes = cursor?.parameters ?? hashParameters(parameters, options.names, texts);
  if (cursor !== undefined) checkSameRequest(parameters, options, cursor);
  const range = cursor?.range ?? {
    fromNanos: texts.from === undefined ? null : parseTimeParameter(texts.from, 'from', options.nowNanos),
    toNanos: texts.to === undefined ? null : parseTimeParameter(texts.to, 'to', options.nowNanos),
  };
  return {
    range: checkRange(range),
    limit: parseWholeNumber(parameters, 'limit', { min: 1, max: MAX_LIMIT, fallback: DEFAULT_LIMIT }),
    position: cursor?.position,
    nextCursor: (position) => encodeCursor({ endpoint: options.endpoint, range, parameters: hashes, position }),
  };
}

/** A row's key as a cursor's position. */
export function positionOfKey(key: RowKey): readonly string[] {
  return [key.timeNanos.toString(), key.sequence.toString(), key.id];
}

/** As `positionOfKey`; three nulls for no key. */
export function keyOrNulls(key: RowKey | undefined): readonly (string | null)[] {
  return key === undefined ? [null, null, null] : positionOfKey(key);
}

/** The key at `start` of a cursor's position; undefined where the cursor has none there. */
export function keyOfPosition(position: Cursor['position'] | undefined, start = 0): RowKey | undefined {
  const [time, sequence, id] = position?.slice(start, start + 3) ?? [];
  if (time === undefined || time === null) return undefined;
  if (!isWhole(time) || !isWhole(sequence) || typeof id !== 'string') throw invalidCursor('has no row in it');
  return { timeNanos: BigInt(time), sequence: BigInt(sequence), id };
}

function isWhole(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^-?\d{1,30}$/.test(text);
}

function hashParameters(
  parameters: Parameters,
  names: ParameterNames,
  texts: { readonly from: string | undefined; readonly to: string | undefined },
): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const name of commonNames(names)) {
    const values = valuesOf(parameters, name);
    if (values.length > 0) hashes[name] = hashValues(values);
  }
  if (texts.from !== undefined) hashes.from = hashValues([texts.from]);
  if (texts.to !== undefined) hashes.to = hashValues([texts.to]);
  return hashes;
}

function checkSameRequest(parameters: Parameters, options: PagingOptions, cursor: Cursor): void {
  for (const name of commonNames(options.names)) {
    const values = valuesOf(parameters, name);
    if ((values.length === 0 ? undefined : hashValues(values)) !== cursor.parameters[name]) {
      throw invalidCursor(`belongs to a request with another "${name}"`);
    }
  }
  for (const [name, nanos] of [['from', cursor.range.fromNanos] as const, ['to', cursor.range.toNanos] as const]) {
    const text = parameters.get(name);
    if (text === undefined || hashValues([text]) === cursor.parameters[name]) continue;
    if (parseTimeParameter(text, name, options.nowNanos) !== nanos) throw invalidCursor(`belongs to a request with another "${name}"`);
  }
}

/** What has to stay the same from page to page, without the range, which has rules of its own. */
function commonNames(names: ParameterNames): string[] {
  return [...names.single, ...(names.repeated ?? [])].filter((name) => !['from', 'to', 'limit', 'cursor'].includes(name));
}

/** `query=` and no query are the same request. */
function valuesOf(parameters: Parameters, name: string): readonly string[] {
  return parameters.all(name).filter((value) => name !== 'query' || value.trim() !== '');
}
