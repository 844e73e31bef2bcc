import { isBlank, isDigit, isNonAscii, isWordCharacter } from './characters.ts';

/** Digits of a card number: the shortest is Visa's old 13, the longest 19 (ISO/IEC 7812). */
export const MIN_CARD_DIGITS = 13;
const MAX_DIGITS = 19;

/** Where something is in a text. */
export type Range = readonly [start: number, end: number];

const FULL_STOP = 46;
const UNDERSCORE = 95;

/** The groups that are printed on cards, with full stops or underscores between them: any others may be decimals, versions, parts of an id. */
const MARKED_GROUPS = /\d{4}([._])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{6}\1\d{4,5})/y;
const FIRST_GROUP_DIGITS = 4;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy;
/** Of a UUID the first three groups or the last two have as many digits as a card. */
const LAST_GROUPS_OF_UUID = 19;

/**
 * Card numbers in a text: 13 to 19 digits, in one piece or in groups with a blank, a hyphen, or either as a query writes
 * it between them, that begin as a scheme's numbers do, have a length that it uses and pass Luhn's check; also in a card's
 * own groups with a full stop or an underscore. Digits that touch a letter are part of another id, those on either side of
 * a decimal point part of a decimal, and those of a UUID its own. Linear in the text's length.
 */
export function findCardNumbers(text: string): Range[] {
  const found: Range[] = [];
  for (let start = 0; start < text.length; start += 1) {
    if (!isDigit(text.charCodeAt(start)) || touchesWord(text, start - 1) || isFraction(text, start)) continue;
    const end = endOfCard(text, start);
    if (end === undefined || isOfUuid(text, start)) continue;
    found.push([start, end]);
    start = end;
  }
  return found;
}

/** Behind a digit and a decimal point. */
function isFraction(text: string, start: number): boolean {
  return text.charCodeAt(start - 1) === FULL_STOP && isDigit(text.charCodeAt(start - 2));
}

function isOfUuid(text: string, start: number): boolean {
  return [start, start - LAST_GROUPS_OF_UUID].some((first) => {
    UUID.lastIndex = first;
    return first >= 0 && UUID.test(text);
  });
}

/** The end of the longest card number that starts here. */
function endOfCard(text: string, start: number): number | undefined {
  let digits = '';
  let end: number | undefined;
  let index = start;
  while (index < text.length && digits.length <= MAX_DIGITS) {
    if (isDigit(text.charCodeAt(index))) {
      digits += text[index];
      index += 1;
      if (isEndOfDigits(text, index) && isCardNumber(digits)) end = index;
      continue;
    }
    index += separatorLength(text, index);
    if (!isDigit(text.charCodeAt(index))) break;
  }
  return end ?? endOfMarkedGroups(text, start);
}

function endOfMarkedGroups(text: string, start: number): number | undefined {
  const mark = text.charCodeAt(start + FIRST_GROUP_DIGITS);
  if (mark !== FULL_STOP && mark !== UNDERSCORE) return undefined;
  MARKED_GROUPS.lastIndex = start;
  const groups = MARKED_GROUPS.exec(text)?.[0];
  if (groups === undefined) return undefined;
  const end = start + groups.length;
  return isEndOfDigits(text, end) && isCardNumber(groups.replace(/\D/g, '')) ? end : undefined;
}

function isEndOfDigits(text: string, index: number): boolean {
  return !touchesWord(text, index) && !(text.charCodeAt(index) === FULL_STOP && isDigit(text.charCodeAt(index + 1)));
}

/** 0 where groups of digits do not go on. */
function separatorLength(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (isBlank(code) || code === 45 || code === 43) return 1;
  return code === 37 && text.startsWith('%20', index) ? 3 : 0;
}

/** Whether digits are a number that a card may have. */
export function isCardNumber(digits: string): boolean {
  return digits.length >= MIN_CARD_DIGITS && digits.length <= MAX_DIGITS && hasKnownStart(digits) && passesLuhn(digits);
}

/** Issuer ranges and the lengths that they use; without them one of ten long ids would count as a card. */
function hasKnownStart(digits: string): boolean {
  const { length } = digits;
  const four = Number(digits.slice(0, 4));
  const two = Math.floor(four / 100);
  switch (digits[0]) {
    case '4':
      return length === 13 || length === 16 || length === 19;
    case '2':
      return length === 16 && four >= 2200 && four <= 2720;
    case '3':
      if (two === 34 || two === 37) return length === 15;
      if (two === 35) return length >= 16;
      return (two === 30 || two === 36 || two === 38 || two === 39) && length >= 14;
    case '5':
      return two >= 51 && two <= 55 ? length === 16 : two === 50 || two >= 56;
    case '6':
      return true;
    default:
      return false;
  }
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** An underscore parts words here: `card_4111…`. */
function touchesWord(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (isNonAscii(code) && !isBlank(code)) return true;
  // The two digits of an escape are not the number's first.
  return isWordCharacter(code) && code !== UNDERSCORE && text.slice(index - 2, index + 1) !== '%20';
}
