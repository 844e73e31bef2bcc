import { fieldRangeNode, fieldTermNode, requireRegexField, type SearchedField } from './field-query.ts';
import { mergeLevels, type RangeTerm } from './level-query.ts';
import { MAX_NESTING, MAX_QUERY_LEAVES, MAX_QUERY_LENGTH, MAX_TREE_DEPTH } from './limits.ts';
import { parseRegex, regexEnd } from './parse-regex.ts';
import { firstWildcard, QueryScanner, type Term, termText } from './query-scanner.ts';
import { resolveField } from './resolve-field.ts';
import type { QueryNode, QueryTarget } from './syntax-tree.ts';
import { wordNode } from './word-query.ts';

const EXPECTED_TERM: readonly string[] = ['a word', 'a phrase in quotes', 'field:value', 'NOT', '('];
const EXPECTED_VALUE: readonly string[] = ['a value', 'a value in quotes', '*', '/regex/', '>5', '[1 TO 5]', '('];
const EXPECTED_NEXT: readonly string[] = ['a space', ')', 'the end of the query'];
/** Characters that other query languages begin an operator or a range with: refused at a word's start rather than dropped. */
const REFUSED_STARTS = '[]{}<>!:';

/** A node, and how many levels of `and`, `or` and `not` it is made of. */
interface Tall {
  readonly node: QueryNode;
  readonly height: number;
}

/**
 * The tree of a query's text, for records of the target; blank text is every record. The language is that of docs/query-language.md.
 *
 * Throws nothing but `QuerySyntaxError`, whatever the text: with a code, the place in UTF-16 units and what would have been right there.
 * Texts, trees and patterns beyond the limits of `limits.ts` are `too_complex`.
 */
export function parseQuery(text: string, target: QueryTarget): QueryNode {
  return new QueryParser(text, target).parse();
}

class QueryParser {
  readonly #scanner: QueryScanner;
  readonly #target: QueryTarget;
  #nesting = 0;
  #leaves = 0;

  constructor(text: string, target: QueryTarget) {
    this.#scanner = new QueryScanner(text);
    this.#target = target;
  }

  parse(): QueryNode {
    const scanner = this.#scanner;
    if (scanner.text.length > MAX_QUERY_LENGTH) throw this.#tooComplex(MAX_QUERY_LENGTH, `at most ${MAX_QUERY_LENGTH} characters`);
    scanner.skipWhitespace();
    if (scanner.atEnd()) return { type: 'all' };
    const { node } = this.#parseOr(undefined);
    if (!scanner.atEnd()) throw scanner.unexpected(['the end of the query', '\\)'], 'No parenthesis is open here');
    return node;
  }

  /** `a OR b`; stops at a closing parenthesis or the end. With a field, the terms are that field's values. */
  #parseOr(field: SearchedField | undefined): Tall {
    const scanner = this.#scanner;
    const start = scanner.index;
    const options = [this.#parseAnd(field)];
    while (scanner.takeKeyword('OR')) {
      scanner.skipWhitespace();
      options.push(this.#parseAnd(field));
    }
    const merged = field?.kind === 'level' && options.length > 1 && mergeLevels(nodesOf(options), this.#spanFrom(start));
    return merged ? { node: merged, height: 0 } : this.#join('or', options, start);
  }

  /** `a AND b`, `a b`. */
  #parseAnd(field: SearchedField | undefined): Tall {
    const scanner = this.#scanner;
    const start = scanner.index;
    const parts = [this.#parseNot(field)];
    scanner.skipWhitespace();
    while (!scanner.atEnd() && scanner.peek() !== ')' && !scanner.isKeyword('OR')) {
      if (scanner.takeKeyword('AND')) scanner.skipWhitespace();
      parts.push(this.#parseNot(field));
      scanner.skipWhitespace();
    }
    return this.#join('and', parts, start);
  }

  /** `NOT a`, `-a`. */
  #parseNot(field: SearchedField | undefined): Tall {
    const scanner = this.#scanner;
    const start = scanner.index;
    if (scanner.takeKeyword('NOT')) scanner.skipWhitespace();
    else if (scanner.take('-')) {
      if (scanner.atEnd() || scanner.atWhitespace()) throw scanner.unexpected(EXPECTED_TERM, 'What a minus excludes follows it at once');
    } else return this.#parsePrimary(field);
    const child = this.#nested(start, () => this.#parseNot(field));
    const height = child.height + 1;
    if (height > MAX_TREE_DEPTH) throw this.#tooDeep(start);
    return { node: { type: 'not', child: child.node }, height };
  }

  #parsePrimary(field: SearchedField | undefined): Tall {
    const scanner = this.#scanner;
    const start = scanner.index;
    if (scanner.peek() === '(') return this.#parseGroup(field);
    if (scanner.isKeyword('AND') || scanner.isKeyword('OR'))
      throw scanner.unexpected(EXPECTED_TERM, 'An operator stands between two terms');
    for (const [sign, word] of [
      ['&&', 'AND'],
      ['||', 'OR'],
    ] as const) {
      if (scanner.isKeyword(sign)) throw scanner.unexpected([word, 'quotes'], 'Operators are words in capitals');
    }
    return this.#leaf(field === undefined ? this.#parseTerm() : this.#parseFieldValue(field, start, 'group'));
  }

  /** `(…)`; the index is at its parenthesis. */
  #parseGroup(field: SearchedField | undefined): Tall {
    const scanner = this.#scanner;
    const start = scanner.index++;
    scanner.skipWhitespace();
    const group = this.#nested(start, () => this.#parseOr(field));
    if (!scanner.take(')'))
      throw scanner.error('unexpected_end', `The parenthesis that opens at character ${start + 1} is never closed`, scanner.text.length, [
        ')',
      ]);
    return group;
  }

  /** A word, a phrase or a field with what follows it. */
  #parseTerm(): Tall | QueryNode {
    const scanner = this.#scanner;
    const start = scanner.index;
    if (scanner.peek() === '"') {
      const term = scanner.readQuoted();
      this.#requireGap();
      return wordNode(term, this.#spanFrom(start));
    }
    if (scanner.atEnd() || scanner.peek() === ')' || REFUSED_STARTS.includes(scanner.peek())) {
      throw scanner.unexpected([...EXPECTED_TERM, 'a backslash before a special character']);
    }
    const term = scanner.readTerm('()":');
    if (scanner.peek() === ':') return this.#parseField(term);
    this.#requireGap();
    if (term.parts.length === 1 && term.parts[0]?.type === 'any') return { type: 'all' };
    return wordNode(term, this.#spanFrom(start));
  }

  /** What follows a field's name; the index is at its colon. */
  #parseField(name: Term): Tall | QueryNode {
    const scanner = this.#scanner;
    const wildcard = firstWildcard(name);
    if (wildcard !== undefined) {
      throw scanner.error('unexpected_character', 'The name of a field has no wildcards', wildcard.position, [
        'the name of a field',
        '\\*',
        '\\?',
      ]);
    }
    const field = this.#resolve(name);
    scanner.index += 1;
    if (scanner.peek() === '(') return this.#parseGroup(field);
    return this.#parseFieldValue(field, name.start, 'single');
  }

  #resolve(name: Term): SearchedField {
    const field = resolveField(termText(name), this.#target);
    if (field.kind === 'emptyKey') throw this.#scanner.unexpected(['the key of an attribute'], 'The key of the attribute is missing');
    if (field.kind !== 'otherTarget') return field;
    const owner = field.targets.includes('spans') ? 'spans' : 'logs';
    const expected = [`a field of ${this.#target}`, `attributes.${field.name} for an attribute of that name`];
    const message = `The field ${field.name} is one of ${owner} and not of ${this.#target}`;
    throw this.#scanner.error('not_supported_on_field', message, name.start, expected);
  }

  /** One value of a field: quoted, a range, a comparison, a regular expression, or a term. `start` is where its node's span begins. */
  #parseFieldValue(field: SearchedField, start: number, place: 'single' | 'group'): QueryNode {
    const scanner = this.#scanner;
    const valueStart = scanner.index;
    switch (scanner.peek()) {
      case '"': {
        const term = scanner.readQuoted();
        this.#requireGap();
        return fieldTermNode(field, term, this.#spanFrom(start));
      }
      case '[':
      case '{':
        return this.#parseRange(field, start);
      case '<':
      case '>':
        return this.#parseComparison(field, start);
      case '/': {
        if (regexEnd(scanner.text, valueStart) === undefined) break;
        const record = requireRegexField(field, valueStart);
        const { regex, end } = parseRegex(scanner.text, valueStart);
        scanner.index = end;
        return { type: 'regex', field: record, regex, span: this.#spanFrom(start) };
      }
    }
    const isRefused = place === 'group' ? REFUSED_STARTS.includes(scanner.peek()) : ']}'.includes(scanner.peek());
    if (scanner.atEnd() || scanner.atWhitespace() || isRefused || scanner.peek() === ')')
      throw scanner.unexpected(EXPECTED_VALUE, 'A value is missing here');
    // In a group a colon could also be meant to begin another field; times have colons and no other reading.
    const term = scanner.readTerm(place === 'group' && field.kind !== 'time' ? '()":' : '()"');
    this.#requireGap();
    return fieldTermNode(field, term, this.#spanFrom(start));
  }

  /** `>5`, `>=5`, `<5`, `<=5`. */
  #parseComparison(field: SearchedField, start: number): QueryNode {
    const scanner = this.#scanner;
    const isMin = scanner.take('>');
    if (!isMin) scanner.take('<');
    const inclusive = scanner.take('=');
    const end: RangeTerm = { term: this.#readRangeTerm('()"[]{}'), inclusive };
    this.#requireGap();
    return fieldRangeNode(field, isMin ? { min: end } : { max: end }, this.#spanFrom(start));
  }

  /** `[a TO b]`, with a brace for an end that is outside. */
  #parseRange(field: SearchedField, start: number): QueryNode {
    const scanner = this.#scanner;
    const open = scanner.index;
    const minInclusive = scanner.take('[');
    if (!minInclusive) scanner.take('{');
    const min = this.#readRangeEnd(minInclusive);
    if (!scanner.takeKeyword('TO')) throw this.#rangeUnexpected(open, ['TO']);
    const max = this.#readRangeEnd(true);
    const maxInclusive = scanner.take(']');
    if (!maxInclusive && !scanner.take('}')) throw this.#rangeUnexpected(open, [']', '}']);
    if (min === undefined && max === undefined) {
      throw scanner.error('invalid_range', 'A range is open at one end at most', open, ['a number', 'field:*']);
    }
    this.#requireGap();
    const range = { ...(min && { min }), ...(max && { max: { ...max, inclusive: maxInclusive } }) };
    return fieldRangeNode(field, range, this.#spanFrom(start));
  }

  /** One end of a bracketed range with the white space around it; undefined for `*`. */
  #readRangeEnd(inclusive: boolean): RangeTerm | undefined {
    const scanner = this.#scanner;
    scanner.skipWhitespace();
    const term = this.#readRangeTerm('()"[]{}');
    scanner.skipWhitespace();
    return term.parts.length === 1 && term.parts[0]?.type === 'any' ? undefined : { term, inclusive };
  }

  #readRangeTerm(stops: string): Term {
    const scanner = this.#scanner;
    if (scanner.peek() === '"') return scanner.readQuoted();
    const term = scanner.readTerm(stops);
    if (term.parts.length === 0)
      throw scanner.unexpected(['a number', 'a time', 'a duration', 'a level'], 'The end of the range is missing');
    return term;
  }

  #rangeUnexpected(open: number, expected: readonly string[]): Error {
    const scanner = this.#scanner;
    if (scanner.atEnd()) return scanner.unexpected(expected);
    const place = scanner.index;
    return scanner.error('invalid_range', `This is not how the range that opens at character ${open + 1} goes on`, place, [
      '[1 TO 5]',
      ...expected,
    ]);
  }

  /** A term ends at white space, a closing parenthesis or the end: anything else could be meant as a part of it. */
  #requireGap(): void {
    const scanner = this.#scanner;
    if (scanner.atEnd() || scanner.atWhitespace() || scanner.peek() === ')') return;
    const message = 'The value ends here; put all of it in quotes, or a backslash before the character';
    throw scanner.error('unexpected_character', message, scanner.index, [...EXPECTED_NEXT, 'quotes', '\\']);
  }

  #leaf(parsed: Tall | QueryNode): Tall {
    if ('height' in parsed) return parsed;
    this.#leaves += 1;
    if (this.#leaves > MAX_QUERY_LEAVES) throw this.#tooComplex(this.#scanner.index, `at most ${MAX_QUERY_LEAVES} words and values`);
    return { node: parsed, height: parsed.type === 'not' ? 1 : 0 };
  }

  #join(type: 'and' | 'or', parts: readonly Tall[], start: number): Tall {
    const [first] = parts;
    if (first !== undefined && parts.length === 1) return first;
    const height = 1 + Math.max(...parts.map((part) => part.height));
    if (height > MAX_TREE_DEPTH) throw this.#tooDeep(start);
    return { node: { type, children: nodesOf(parts) }, height };
  }

  #nested<T>(start: number, parse: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw this.#tooDeep(start);
    const result = parse();
    this.#nesting -= 1;
    return result;
  }

  #spanFrom(start: number): { start: number; end: number } {
    return { start, end: this.#scanner.index };
  }

  #tooDeep(position: number): Error {
    return this.#tooComplex(
      position,
      `at most ${MAX_TREE_DEPTH} levels of AND, OR and NOT, and ${MAX_NESTING} parentheses, inside each other`,
    );
  }

  #tooComplex(position: number, limit: string): Error {
    return this.#scanner.error('too_complex', 'The query is too large', position, [limit]);
  }
}

function nodesOf(parts: readonly Tall[]): QueryNode[] {
  return parts.map((part) => part.node);
}
