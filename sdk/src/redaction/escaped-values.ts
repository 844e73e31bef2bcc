import type { Range } from './card-numbers.ts';
import { isQuote, isSpace } from './characters.ts';

/** `?variables=%7B%22password%22%3A…`, an address in an address in an address. What is escaped more often is no query that anybody wrote. */
const MAX_ESCAPED_TIMES = 3;

const PERCENT = 37;
/** `&`, `=`, `?`, `#`, `<`, `>`, a backslash: what ends a value of a query, or the text that it is in. */
const ENDS: ReadonlySet<number> = new Set([38, 61, 63, 35, 60, 62, 92]);

/**
 * What `find` finds in the values of queries that have escapes (JSON, headers, other addresses), as ranges of the text as it was written. Each is read
 * without its escapes, and again where that has escapes itself. Linear in the text's length, if `find` is.
 */
export function findEscaped(text: string, find: (decoded: string) => readonly Range[], times = MAX_ESCAPED_TIMES): Range[] {
  const found: Range[] = [];
  let end = 0;
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', end)) {
    let start = at;
    while (start > end && !isEnd(text.charCodeAt(start - 1))) start -= 1;
    end = at;
    while (end < text.length && !isEnd(text.charCodeAt(end))) end += 1;
    const { decoded, offsets } = decode(text, start, end);
    if (decoded.length === end - start) continue;
    const ranges = [...find(decoded), ...(times > 1 ? findEscaped(decoded, find, times - 1) : [])];
    for (const [first, last] of ranges) found.push([offsets[first] ?? end, offsets[last] ?? end]);
  }
  return found;
}

function isEnd(code: number): boolean {
  return isSpace(code) || isQuote(code) || ENDS.has(code);
}

/** Byte by byte, since what is looked for is ASCII; with where each character stood. */
function decode(text: string, start: number, end: number): { readonly decoded: string; readonly offsets: readonly number[] } {
  let decoded = '';
  const offsets: number[] = [];
  for (let at = start; at < end; ) {
    const byte = text.charCodeAt(at) === PERCENT ? Number.parseInt(text.slice(at + 1, at + 3), 16) : Number.NaN;
    offsets.push(at);
    if (Number.isNaN(byte)) {
      decoded += text[at] === '+' ? ' ' : text.charAt(at);
      at += 1;
    } else {
      decoded += String.fromCharCode(byte);
      at += 3;
    }
  }
  return { decoded, offsets };
}
