import type { Range } from './find-matches.ts';

/** ISO/IEC 7812: the longest number, and the shortest that any scheme has given out. */
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
/** What the numbers of payment cards begin with; without it one of ten long ids would count as a card. */
const KNOWN_START = /^(?:4|5|6|3[04-9]|2[2-7])/;
/** Behind a decimal point stands a fraction. */
const CANDIDATE = /(?<![\p{L}\p{N}]|[0-9]\.)[2-6](?:[ \u00a0-]?[0-9]){12,}/gu;
/** What a number goes on with: a letter, a digit, or a fraction of its own. */
const GOES_ON = /^(?:[\p{L}\p{N}]|\.[0-9])/u;

/**
 * Numbers of payment cards in a text: 13 to 19 digits, in one piece or in groups with a blank or a hyphen between them, that begin as a scheme's do and
 * pass Luhn's check. Digits that touch a letter, a further digit or a decimal point between digits are part of something else. Linear in the text's length.
 */
export function findCardNumbers(text: string): Range[] {
  const found: Range[] = [];
  if (text.length < MIN_DIGITS) return found;
  for (const { 0: run, index } of text.matchAll(CANDIDATE)) {
    // In a run of many groups each group may begin a number.
    for (let at = 0; at < run.length; at += 1) {
      const end =
        isDigit(run, at) && !isDigit(run, at - 1) ? endOfCard(run, at, text.slice(index + run.length, index + run.length + 2)) : undefined;
      if (end === undefined) continue;
      found.push([index + at, index + end]);
      at = end;
    }
  }
  return found;
}

function endOfCard(run: string, start: number, behind: string): number | undefined {
  let digits = '';
  let end: number | undefined;
  for (let at = start; at < run.length && digits.length <= MAX_DIGITS; at += 1) {
    if (!isDigit(run, at)) continue;
    digits += run[at];
    const touches = isDigit(run, at + 1) || (at + 1 === run.length && GOES_ON.test(behind));
    if (!touches && digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && KNOWN_START.test(digits) && passesLuhn(digits))
      end = at + 1;
  }
  return end;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  let isDoubled = false;
  for (const digit of Array.from(digits, Number).reverse()) {
    const weighed = isDoubled ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
    isDoubled = !isDoubled;
  }
  return sum % 10 === 0;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
