import { QuerySyntaxError } from './errors.ts';
import { MAX_REGEX_DEPTH, MAX_REGEX_REPEAT, MAX_REGEX_SIZE } from './limits.ts';
import type { RegexNode } from './syntax-tree.ts';

const SUPPORTED = ['literals', '.', '[ ]', '[^ ]', '( )', '|', '* + ?', '{n,m}', '\\'];
const QUANTIFIERS: Readonly<Record<string, { readonly min: number; readonly max?: number }>> = {
  '*': { min: 0 },
  '+': { min: 1 },
  '?': { min: 0, max: 1 },
};
/** White space, a closing parenthesis or the text's end. */
const ENDS_VALUE = /^[\s)]?$/;
const COUNTED = /\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/y;

/** A part and how many places it has once its repeats are written out. */
interface Sized {
  readonly node: RegexNode;
  readonly size: number;
}

/**
 * Where a value that begins with a slash ends if it is a regular expression: behind the next slash that is not escaped, where nothing of the value follows
 * that. Otherwise it is a plain value, as paths are: `/api/orders`, `/api/*`. `/api/` in quotes is a path.
 */
export function regexEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '/') return ENDS_VALUE.test(text.charAt(at + 1)) ? at + 1 : undefined;
  }
  return undefined;
}

/**
 * Reads the regular expression whose opening slash is at `start`, for which `regexEnd` knows an end; `end` is behind its closing slash. The forms are those that
 * docs/query-language.md lists, and every other is an error at its place: nothing is taken for a literal that another
 * language of regular expressions gives a meaning.
 */
export function parseRegex(text: string, start: number): { readonly regex: RegexNode; readonly end: number } {
  const reader = new RegexReader(text, start);
  const { node } = reader.readChoice(0);
  return { regex: node, end: reader.readClosingSlash() };
}

class RegexReader {
  readonly #text: string;
  #index: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#index = start + 1;
  }

  readClosingSlash(): number {
    if (this.#peek() !== '/') throw this.#invalid('Nothing is open that this closes', ['\\)']);
    return this.#index + 1;
  }

  readChoice(depth: number): Sized {
    if (depth > MAX_REGEX_DEPTH) throw this.#tooComplex(`at most ${MAX_REGEX_DEPTH} groups inside each other`, this.#index);
    const options: RegexNode[] = [];
    let size = 0;
    do {
      const option = this.#readSequence(depth);
      if (option.node.type === 'choice') options.push(...option.node.options);
      else options.push(option.node);
      size += option.size;
    } while (this.#take('|'));
    return { node: firstAlone(options) ?? { type: 'choice', options }, size };
  }

  #readSequence(depth: number): Sized {
    const items: RegexNode[] = [];
    let size = 0;
    while (!['', '/', '|', ')'].includes(this.#peek())) {
      const start = this.#index;
      const item = this.#readRepeat(this.#readAtom(depth));
      appendItem(items, item.node);
      size += item.size;
      if (size > MAX_REGEX_SIZE) throw this.#tooComplex(`at most ${MAX_REGEX_SIZE} places, repeats written out`, start);
    }
    if (items.length === 0) throw this.#invalid('Something to match stands here', ['an expression that is not empty']);
    return { node: firstAlone(items) ?? { type: 'sequence', items }, size };
  }

  #readRepeat(atom: Sized): Sized {
    const start = this.#index;
    const bounds = this.#readQuantifier();
    if (bounds === undefined) return atom;
    if (this.#peek() in QUANTIFIERS || this.#peek() === '{') {
      throw this.#invalid('A repeat is not repeated, and there is no lazy or possessive one', ['a group: (a+)*']);
    }
    const size = atom.size * Math.max(1, bounds.max ?? bounds.min);
    if (size > MAX_REGEX_SIZE) throw this.#tooComplex(`at most ${MAX_REGEX_SIZE} places, repeats written out`, start);
    return { node: { type: 'repeat', item: atom.node, ...bounds }, size };
  }

  #readQuantifier(): { readonly min: number; readonly max?: number } | undefined {
    const simple = QUANTIFIERS[this.#peek()];
    if (simple !== undefined) {
      this.#index += 1;
      return simple;
    }
    if (this.#peek() !== '{') return undefined;
    COUNTED.lastIndex = this.#index;
    const match = COUNTED.exec(this.#text);
    if (match === null) throw this.#invalid('A counted repeat is {n}, {n,} or {n,m}', ['{2,5}', '\\{']);
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === undefined ? undefined : Number(match[3]);
    if (Math.max(min, max ?? 0) > MAX_REGEX_REPEAT) throw this.#tooComplex(`at most ${MAX_REGEX_REPEAT} repeats`, this.#index);
    if (max !== undefined && max < min) throw this.#invalid('The repeat ends before it begins', ['{n,m} with n at most m']);
    this.#index = COUNTED.lastIndex;
    return max === undefined ? { min } : { min, max };
  }

  #readAtom(depth: number): Sized {
    const character = this.#peek();
    switch (character) {
      case '(': {
        const start = this.#index++;
        const group = this.readChoice(depth + 1);
        if (!this.#take(')')) throw this.#invalid('The group that opens here is never closed', [')'], start);
        return group;
      }
      case '[':
        return { node: this.#readSet(), size: 1 };
      case '.':
        this.#index += 1;
        return { node: { type: 'anyCharacter' }, size: 1 };
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#invalid('There is nothing to repeat', [`\\${character}`]);
      case '^':
      case '$':
        throw this.#invalid('There are no anchors: the whole value always has to match', [`\\${character}`]);
      case ']':
      case '}':
        throw this.#invalid('Nothing is open that this closes', [`\\${character}`]);
      default:
        return { node: { type: 'literal', text: this.#readCharacter() }, size: 1 };
    }
  }

  #readSet(): RegexNode {
    const start = this.#index++;
    const negated = this.#take('^');
    const ranges: { from: string; to: string }[] = [];
    while (!this.#take(']')) {
      if (this.#peek() === '' || this.#peek() === '/') throw this.#invalid('The set that opens here is never closed', [']'], start);
      if (this.#peek() === '[') throw this.#invalid('A set has no other set in it', ['\\[']);
      const itemStart = this.#index;
      const from = this.#readCharacter();
      const isRange = this.#peek() === '-' && !['', ']', '/'].includes(this.#text.charAt(this.#index + 1));
      if (!isRange) {
        ranges.push({ from, to: from });
        continue;
      }
      this.#index += 1;
      if (this.#peek() === '[') throw this.#invalid('A set has no other set in it', ['\\[']);
      const to = this.#readCharacter();
      if ((to.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0)) {
        throw this.#invalid('The range of the set ends before it begins', ['a-z'], itemStart);
      }
      ranges.push({ from, to });
    }
    if (ranges.length === 0) throw this.#invalid('The set is empty', ['[abc]', '\\['], start);
    return { type: 'set', negated, ranges };
  }

  /** One code point, escaped or not. */
  #readCharacter(): string {
    const start = this.#index;
    const isEscaped = this.#take('\\');
    const codePoint = this.#text.codePointAt(this.#index);
    if (codePoint === undefined) throw this.#invalid('The expression ends too early', ['/']);
    const character = String.fromCodePoint(codePoint);
    if (isEscaped && /[A-Za-z0-9]/.test(character)) {
      throw this.#invalid('There are no classes, anchors or back references behind a backslash', ['[0-9]', '[A-Za-z0-9_]'], start);
    }
    this.#index += character.length;
    return character;
  }

  #peek(): string {
    return this.#text.charAt(this.#index);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#index += 1;
    return true;
  }

  #invalid(message: string, expected: readonly string[], position = this.#index): QuerySyntaxError {
    return new QuerySyntaxError('invalid_regex', message, { position, expected: [...expected, `supported: ${SUPPORTED.join('  ')}`] });
  }

  #tooComplex(limit: string, position: number): QuerySyntaxError {
    return new QuerySyntaxError('too_complex', 'The regular expression is too large', { position, expected: [limit] });
  }
}

/** Adds an item so that equal expressions make equal trees: literals joined, sequences not inside each other. */
function appendItem(items: RegexNode[], item: RegexNode): void {
  if (item.type === 'sequence') {
    for (const inner of item.items) appendItem(items, inner);
    return;
  }
  const last = items.at(-1);
  if (item.type === 'literal' && last?.type === 'literal') items[items.length - 1] = { type: 'literal', text: last.text + item.text };
  else items.push(item);
}

function firstAlone(nodes: readonly RegexNode[]): RegexNode | undefined {
  return nodes.length === 1 ? nodes[0] : undefined;
}
