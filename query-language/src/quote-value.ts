/** Text that stands for itself in a value's place: no white space, nothing special, no minus, which excludes in a group, or slash in front. */
const PLAIN_VALUE = /^[\p{L}\p{N}_.@%+=~&;,#$^|'`][\p{L}\p{N}\p{M}_.@%+=~&;,#$^|'`/-]*$/u;
/** Words that are operators in a group. */
const OPERATORS = new Set(['AND', 'OR', 'NOT', '&&', '||']);
const SPECIAL_IN_QUOTES = /["\\]/g;
const SPECIAL = /[^\p{L}\p{N}\p{M}_.@%+=~&;,#$^|'`]/gu;
/** Control characters, line separators and halves of pairs: an input field or a URL would drop or change them. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/gu;

/**
 * The text of a value behind `field:`, so that the query finds exactly it: as it is where nothing in it is special, else in quotes.
 * Control characters become `\u` and four digits, so that the text survives an input field of one line.
 */
export function quoteValue(value: string): string {
  if (PLAIN_VALUE.test(value) && !OPERATORS.has(value)) return value;
  return `"${value.replace(SPECIAL_IN_QUOTES, '\\$&').replace(INVISIBLE, unitEscape)}"`;
}

/** The text with a backslash before each special character, for a field's name and for the literals of a pattern. */
export function escapeText(text: string): string {
  return text.replace(SPECIAL, (character) => (character.search(INVISIBLE) === 0 ? unitEscape(character) : `\\${character}`));
}

function unitEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
