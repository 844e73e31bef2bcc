import { regexEnd } from '@threadline/query-language';
/** What a piece of a query is, for colours and for cutting a query at its joints; not whether the query is right. */
export type QueryTokenType = 'field' | 'operator' | 'negation' | 'string' | 'regex' | 'range' | 'open' | 'close' | 'word';

export interface QueryToken {
  readonly type: QueryTokenType;
  /** UTF-16 units, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

const ENDS_WORD = /[\s()"]/;

/** Splits any text, broken queries too, into tokens in order. White space belongs to none of them. */
export function tokenizeQuery(text: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    const token = readToken(text, at, tokens.at(-1));
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readToken(text: string, start: number, previous: QueryToken | undefined): QueryToken {
  const character = text.charAt(start);
  const afterField = previous?.type === 'field' && previous.end === start;
  if (character === '(') return { type: 'open', start, end: start + 1 };
  if (character === ')') return { type: 'close', start, end: start + 1 };
  if (character === '"') return { type: 'string', start, end: delimitedEnd(text, start, '"') };
  const end = afterField && character === '/' ? regexEnd(text, start) : undefined;
  if (end !== undefined) return { type: 'regex', start, end };
  if (afterField && (character === '[' || character === '{')) return { type: 'range', start, end: rangeEnd(text, start) };
  if (character === '-' && !afterField && start + 1 < text.length && !/\s/.test(text.charAt(start + 1))) {
    return { type: 'negation', start, end: start + 1 };
  }
  return readWord(text, start, afterField);
}

function readWord(text: string, start: number, afterField: boolean): QueryToken {
  let end = start;
  while (end < text.length && !ENDS_WORD.test(text.charAt(end))) {
    if (text.charAt(end) === ':' && !afterField && end > start) return { type: 'field', start, end: end + 1 };
    end += text.charAt(end) === '\\' ? 2 : 1;
  }
  end = Math.min(Math.max(end, start + 1), text.length);
  const word = text.slice(start, end);
  if (word === 'AND' || word === 'OR' || word === 'NOT') return { type: 'operator', start, end };
  return { type: afterField && /^[<>]/.test(word) ? 'range' : 'word', start, end };
}

function delimitedEnd(text: string, start: number, delimiter: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === delimiter) return at + 1;
  }
  return text.length;
}

function rangeEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) if (text.charAt(at) === ']' || text.charAt(at) === '}') return at + 1;
  return text.length;
}
