import type { Range } from './card-numbers.ts';
import { isNonAscii, isWordCharacter } from './characters.ts';

/** The longest local part and the longest domain of an address (RFC 5321). */
const MAX_LOCAL_CHARACTERS = 64;
const MAX_DOMAIN_CHARACTERS = 255;

/** Addresses of e-mail in a text, also with `@` as a query writes it. Linear in the text's length. */
export function findEmails(text: string): Range[] {
  const found: Range[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] === '@' ? 1 : text.startsWith('%40', at) ? 3 : 0;
    if (sign === 0) continue;
    const first = Math.max(found.at(-1)?.[1] ?? 0, at - MAX_LOCAL_CHARACTERS);
    let start = at;
    while (start > first && isLocalCharacter(text, start - 1)) start -= 1;
    let end = at + sign;
    const last = Math.min(text.length, end + MAX_DOMAIN_CHARACTERS);
    while (end < last && isDomainCharacter(text.charCodeAt(end))) end += 1;
    while (end > at + sign && !isWordCharacter(text.charCodeAt(end - 1)) && !isNonAscii(text.charCodeAt(end - 1))) end -= 1;
    if (start === at || !text.slice(at + sign, end).includes('.')) continue;
    found.push([start, end]);
    at = end - 1;
  }
  return found;
}

function isLocalCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isWordCharacter(code) || isNonAscii(code) || ".!#$%&'*+/?^`{|}~-".includes(text.charAt(at));
}

function isDomainCharacter(code: number): boolean {
  return isWordCharacter(code) || isNonAscii(code) || code === 45 || code === 46;
}
