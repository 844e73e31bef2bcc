import { parseRegex, QuerySyntaxError } from '@threadline/query-language';
import { ThreadlineError } from '../errors.ts';
import { compileRegex } from '../model/linear-regex.ts';
import { findCardNumbers } from './find-card-numbers.ts';
import { type FindRanges, findMatches } from './find-matches.ts';

/** What a rule may name instead of writing an expression. */
export const NAMED_PATTERNS = {
  card_number: () => findCardNumbers,
  email: () => compilePattern('[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+'),
  bearer_token: () => compilePattern('[Bb][Ee][Aa][Rr][Ee][Rr] +[A-Za-z0-9._~+/=-]+'),
  basic_auth: () => compilePattern('[Bb][Aa][Ss][Ii][Cc] +[A-Za-z0-9+/=_-]{8,}'),
  jwt: () => compilePattern('eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*'),
  url_password: () => compilePattern('://[^/?#@\\s:]*:[^/?#@\\s]+@'),
  private_key: () => compilePattern('-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----'),
  aws_access_key: () => compilePattern('(AKIA|ASIA)[A-Z0-9]{16}'),
  github_token: () => compilePattern('(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,})'),
  ipv4: () => compilePattern('\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}'),
  us_ssn: () => compilePattern('\\d{3}-\\d{2}-\\d{4}'),
} as const satisfies Readonly<Record<string, () => FindRanges>>;

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: ' \t\n\r' };

/**
 * A regular expression of the query language, without its slashes and with `\d`, `\w` and `\s`, that matches anywhere in a text. Throws an `Error` that
 * says what is wrong with it.
 */
export function compilePattern(pattern: string): FindRanges {
  const source = withoutClasses(pattern);
  try {
    const { regex } = parseRegex(`/${source}/`, 0);
    if (compileRegex(regex, () => undefined).test('')) throw new Error('matches nothing at all, and so everything');
    return findMatches(regex);
  } catch (error) {
    if (error instanceof QuerySyntaxError)
      throw new Error(`is no regular expression that is taken here: ${error.message}`, { cause: error });
    if (error instanceof ThreadlineError) throw new Error('is a regular expression that is too large', { cause: error });
    throw error;
  }
}

/** The expression with classes written out and slashes escaped, as it may stand between slashes. */
function withoutClasses(pattern: string): string {
  let written = '';
  let isInSet = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '\\') {
      at += 1;
      const escaped = pattern.charAt(at);
      if (escaped === '') throw new Error('ends in a backslash');
      const members = CLASSES[escaped];
      if (members !== undefined) written += isInSet ? members : `[${members}]`;
      else if (escaped === 'b') throw new Error('has \\b, and there are no anchors: an expression matches anywhere in a text');
      else written += `\\${escaped}`;
      continue;
    }
    if (!isInSet && (character === '$' || character === '^')) {
      throw new Error(
        `has ${character}, and there are no anchors: an expression matches anywhere in a text; write \\${character} for the character`,
      );
    }
    if (character === '[') isInSet = true;
    else if (character === ']') isInSet = false;
    written += character === '/' ? '\\/' : character;
  }
  return written;
}
