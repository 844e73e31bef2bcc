import type { Range } from './card-numbers.ts';
import { isQuote, isSpace } from './characters.ts';
import type { SecretNames } from './secret-names.ts';

/** Of an element, with its namespace. */
const MAX_TAG_CHARACTERS = 128;
/** `--password hunter2`; with an equals sign it is one as any other. */
const OPTION = /(?:^|[\s"'`])--([\w-]{2,64})[ \t]+/g;
/** What usages and messages have behind an option: the next one, a placeholder, or how the sentence goes on. */
const NO_VALUE =
  /^(?:[-<[({]|(?:is|are|was|has|must|should|can(?:not)?|needs?|requires?|or|and|not|in|to|for|from|with|option|flag|argument)\b)/i;
/** `PASSWORD '…'`, `IDENTIFIED BY '…'`. Behind words that sentences have (`secret "db" not found`, `Unexpected token '}'`) a quoted one is a name of something. */
const QUOTED = /\b(?:pass(?:word|wd|phrase)|pwd|identified[ \t]+(?:with[ \t]+\w+[ \t]+)?by)[ \t]+(?=['"])/gi;
/** An index of PostgreSQL's holds none that is longer. */
const MAX_KEY_CHARACTERS = 3000;
/** PostgreSQL: `Key (tenant, token)=(1, …) already exists.` */
const POSTGRESQL_KEY = /\(([^()]{1,256})\)=\(/g;
/** MySQL: `Duplicate entry '…' for key 'users.token'`. */
const MYSQL_ENTRY = "Duplicate entry '";
const MYSQL_KEY_NAME = /' for key '([^']{1,256})'/g;
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** The contents of elements with secret names, `<Password Type="…">…</Password>`, with what is nested in them. Linear in the text's length. */
export function findSecretElements(text: string, names: SecretNames): Range[] {
  const found: Range[] = [];
  // Where the last element of a secret name was closed: none of the next is before it.
  let floor = 0;
  for (let at = text.indexOf('</'); at !== -1; at = text.indexOf('</', at + 2)) {
    const tag = text.slice(at, at + MAX_TAG_CHARACTERS);
    const name = tag.slice(2, Math.max(2, tag.indexOf('>'))).trim();
    if (name === '' || !names.isSecret(name)) continue;
    const start = contentStart(text, { name, floor, end: at });
    if (start !== undefined && start < at) found.push([start, at]);
    floor = at;
  }
  return found;
}

function contentStart(
  text: string,
  { name, floor, end }: { readonly name: string; readonly floor: number; readonly end: number },
): number | undefined {
  const before = text.slice(floor, end);
  for (
    let opening = before.lastIndexOf(`<${name}`);
    opening !== -1;
    opening = opening === 0 ? -1 : before.lastIndexOf(`<${name}`, opening - 1)
  ) {
    const next = before.charCodeAt(opening + name.length + 1);
    if (next !== 62 && !isSpace(next)) continue;
    const start = before.indexOf('>', opening);
    return start === -1 ? undefined : floor + start + 1;
  }
  return undefined;
}

/** What follows an option of a secret name in a command: `--password hunter2`. Linear in the text's length. */
export function findSecretArguments(text: string, names: SecretNames): Range[] {
  const found: Range[] = [];
  for (const match of text.matchAll(OPTION)) {
    const start = match.index + match[0].length;
    if (!names.isSecret(match[1] ?? '') || NO_VALUE.test(text.slice(start, start + 12))) continue;
    const end = isQuote(text.charCodeAt(start)) ? quotedEnd(text, start) : wordEnd(text, start);
    if (end > start) found.push([start, end]);
  }
  return found;
}

/** The quoted text behind `password` and `identified by`, as in SQL. Linear in the text's length. */
export function findQuotedSecrets(text: string): Range[] {
  return [...text.matchAll(QUOTED)].map(({ index, 0: { length } }) => [index + length + 1, quotedEnd(text, index + length) - 1]);
}

/** The values that a database's errors have for keys with secret names, of several columns all. Linear in the text's length. */
export function findKeyValues(text: string, names: SecretNames): Range[] {
  const found: Range[] = [];
  for (const match of text.matchAll(POSTGRESQL_KEY)) {
    const isSecret = match[1]?.split(',').some((name) => names.isSecret(name.replaceAll('"', '').trim()));
    const start = match.index + match[0].length;
    if (isSecret === true && start >= (found.at(-1)?.[1] ?? 0)) found.push([start, endOfKey(text, start)]);
  }
  let begun = 0;
  for (const match of text.matchAll(MYSQL_KEY_NAME)) {
    const entry = text.indexOf(MYSQL_ENTRY, begun);
    if (entry === -1) break;
    begun = match.index + match[0].length;
    const start = entry + MYSQL_ENTRY.length;
    if (start < match.index && names.isSecret(match[1] ?? '')) found.push([start, match.index]);
  }
  return found;
}

/** Behind a value that may have brackets in it a sentence goes on: `) already exists.`, `) is not present …`. */
function endOfKey(text: string, start: number): number {
  const [line = ''] = text.slice(start, start + MAX_KEY_CHARACTERS).split('\n', 1);
  const goesOn = line.indexOf(') ');
  const end = goesOn === -1 ? line.indexOf(')') : goesOn;
  return start + (end === -1 ? line.length : end);
}

/** What is between the lines that begin and end a private key, or up to the end of a text that was cut. Linear in the text's length. */
export function findPrivateKeys(text: string): Range[] {
  const found: Range[] = [];
  for (const match of text.matchAll(PRIVATE_KEY)) {
    const start = match.index + match[0].length;
    if (start < (found.at(-1)?.[1] ?? 0)) continue;
    const end = text.indexOf('-----END', start);
    found.push([start, end === -1 ? text.length : end]);
  }
  return found;
}

/** Behind the quote that closes it; one beyond the end of a text that was cut. */
function quotedEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      // SQL doubles the quote that is part of a text.
      if (text[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return text.length + 1;
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isSpace(text.charCodeAt(end)) && !isQuote(text.charCodeAt(end))) end += 1;
  return end;
}
