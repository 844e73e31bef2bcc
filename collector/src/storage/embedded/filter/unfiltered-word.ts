const LENGTH = 4;
const IS_DIGIT = 1;
const IS_HEX_LETTER = 2;

/** Of each ASCII unit: a decimal digit, or one of the letters a to f in either case. */
const KINDS = new Uint8Array(128);
for (const unit of '0123456789') KINDS[unit.charCodeAt(0)] = IS_DIGIT;
for (const unit of 'abcdefABCDEF') KINDS[unit.charCodeAt(0)] = IS_HEX_LETTER;

/**
 * Four hexadecimal digits, of both kinds: three of the five words of a UUID mostly are. A page full of UUIDs has so many that a filter tells little about
 * one, for a quarter of its bytes: filters do not have them, and nothing follows from that. The first and last words of a UUID find it.
 */
export function isUnfilteredWord(word: string): boolean {
  if (word.length !== LENGTH) return false;
  let kinds = 0;
  for (let index = 0; index < LENGTH; index += 1) {
    const kind = KINDS[word.charCodeAt(index)] ?? 0;
    if (kind === 0) return false;
    kinds |= kind;
  }
  return kinds === (IS_DIGIT | IS_HEX_LETTER);
}

/** As `isUnfilteredWord`, of one that stands in bytes. */
export function areUnfilteredBytes(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== LENGTH) return false;
  let kinds = 0;
  for (let at = start; at < end; at += 1) {
    const kind = KINDS[bytes[at] ?? 0] ?? 0;
    if (kind === 0) return false;
    kinds |= kind;
  }
  return kinds === (IS_DIGIT | IS_HEX_LETTER);
}
