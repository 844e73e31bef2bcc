/**
 * Writes src/word-break.generated.ts: classes of code points, the automaton of words and the lower-case mappings.
 *
 * The grammar is that of Lucene's StandardTokenizer: the word break rules of UAX #29 over the data of Unicode 12.1, emoji sequences
 * of UTS #51, runs of the line break class Complex_Context (Thai, Lao, Khmer, Myanmar) as one word.
 * It changes only if Lucene's does, so the data are no dependency of the project. To run it:
 *
 *   npm install --no-save --prefix DIR @unicode/unicode-12.1.0@2.0.7
 *   node query-language/scripts/generate-word-break.ts DIR
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { anyOf, buildAutomaton, choice, optional, plus, sequence, set, star } from './automaton.ts';

const CODE_POINTS = 0x110000;
const OUTPUT = new URL('../src/word-break.generated.ts', import.meta.url);

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: node generate-word-break.ts DIR');
const require = createRequire(`${pathToFileURL(directory).href}/`);

const WORD_BREAK_SETS = [
  ...['Format', 'Extend', 'ZWJ', 'ALetter', 'Hebrew_Letter', 'Numeric', 'Katakana', 'MidLetter', 'MidNumLet', 'MidNum'],
  ...['Single_Quote', 'Double_Quote', 'ExtendNumLet', 'Regional_Indicator'],
];
const EMOJI_SETS = ['Emoji', 'Emoji_Modifier', 'Emoji_Modifier_Base', 'Extended_Pictographic'];

const sets = new Map<string, Iterable<number>>();
for (const name of WORD_BREAK_SETS) sets.set(name, await codePoints(`Word_Break/${name}`));
for (const name of ['Han', 'Hiragana']) sets.set(name, await codePoints(`Script/${name}`));
sets.set('Complex_Context', await codePoints('Line_Break/Complex_Context'));
for (const name of EMOJI_SETS) sets.set(name, await codePoints(`Binary_Property/${name}`));
// Unicode 12.1 has the full-width digits as no letter and no number; the tokenizer takes them for numbers.
sets.set('Full_Width_Digit', range(0xff10, 0xff19));
sets.set('Text_Selector', [0xfe0e]);
sets.set('Emoji_Selector', [0xfe0f]);
sets.set('Key_Cap_Base', [...range(0x30, 0x39), 0x23, 0x2a]);
sets.set('Key_Cap', [0x20e3]);
sets.set('Accidental_Emoji', [0xa9, 0xae, 0x2122, 0x3030, 0x303d]);
sets.set('Tag', range(0xe0020, 0xe007e));
sets.set('Tag_End', [0xe007f]);

const attached = star(anyOf('Format', 'Extend', 'ZWJ'));
const withAttached = (...names: readonly string[]) => sequence(anyOf(...names), attached);
const attachedToEmoji = star(
  set(
    (names) => ['Format', 'Extend', 'ZWJ'].some((name) => names.has(name)) && !names.has('Text_Selector') && !names.has('Emoji_Selector'),
  ),
);
const isNoEmojiAlone = (names: ReadonlySet<string>) =>
  ['Regional_Indicator', 'Key_Cap_Base', 'Accidental_Emoji', 'Emoji_Modifier'].some((name) => names.has(name));

const joiner = anyOf('ZWJ');
const selector = anyOf('Emoji_Selector');
const emojiCharacter = set((names) => names.has('Extended_Pictographic') || (names.has('Emoji') && !isNoEmojiAlone(names)));
const emojiElement = choice(
  sequence(star(joiner), emojiCharacter, attachedToEmoji, optional(selector)),
  sequence(optional(sequence(star(joiner), anyOf('Emoji_Modifier_Base'), attachedToEmoji)), anyOf('Emoji_Modifier'), attachedToEmoji),
);
const emoji = choice(
  sequence(emojiElement, choice(star(sequence(joiner, emojiElement)), sequence(plus(anyOf('Tag')), anyOf('Tag_End')))),
  sequence(anyOf('Key_Cap_Base'), attachedToEmoji, optional(selector), anyOf('Key_Cap'), attachedToEmoji),
  sequence(withAttached('Regional_Indicator'), withAttached('Regional_Indicator')),
);

const extender = withAttached('ExtendNumLet');
const letter = withAttached('ALetter', 'Hebrew_Letter');
const hebrew = withAttached('Hebrew_Letter');
const digit = withAttached('Numeric', 'Full_Width_Digit');
const katakana = withAttached('Katakana');
const midLetter = withAttached('MidLetter', 'MidNumLet', 'Single_Quote');
const midNumber = withAttached('MidNum', 'MidNumLet', 'Single_Quote');
const wordPart = choice(
  sequence(katakana, star(sequence(star(extender), katakana))),
  plus(
    choice(
      sequence(hebrew, choice(withAttached('Single_Quote'), sequence(withAttached('Double_Quote'), hebrew))),
      sequence(digit, star(sequence(choice(star(extender), midNumber), digit))),
      sequence(letter, star(sequence(choice(star(extender), midLetter), letter))),
    ),
  ),
);
const word = sequence(star(extender), wordPart, star(sequence(plus(extender), wordPart)), star(extender));

const classNames: ReadonlySet<string>[] = [new Set()];
const classOf = classesOf(sets, classNames);
const automaton = buildAutomaton(
  choice(emoji, word, plus(withAttached('Complex_Context')), withAttached('Han'), withAttached('Hiragana')),
  classNames,
);
if (automaton.transitions[0]?.some((to) => to !== 0)) throw new Error('state 0 has to be the dead one');

const lines = [
  '// Written by scripts/generate-word-break.ts. Source: the Unicode Character Database, version 12.1.',
  '',
  '/** Classes of code points; class 0 is in no word. */',
  `export const CLASS_COUNT = ${classNames.length};`,
  `export const STATE_COUNT = ${automaton.accepts.length};`,
  '/** Runs of code points of one class, from U+0000 on: length and class, base 36, `.` between them. */',
  `export const CLASS_RUNS =\n${quoted(runs(classOf))};`,
  '/** Row by row of states, runs of the next state: length and state, base 36. State 0 is dead, state 1 the start. */',
  `export const TRANSITION_RUNS =\n${quoted(runs(automaton.transitions.flat()))};`,
  '/** A digit for each state: 1 where a word may end. */',
  `export const ACCEPTING_STATES =\n${quoted(automaton.accepts.map(Number).join(''))};`,
  '/** Runs of code points that are lower-cased alike: gap from the last run, count, stride and what is added, base 36. */',
  `export const LOWER_CASE_RUNS =\n${quoted(lowerCaseRuns(await lowerCaseMap()))};`,
  '',
];
writeFileSync(OUTPUT, lines.join('\n'));
console.log(`${classNames.length} classes, ${automaton.accepts.length} states`);

async function load(path: string): Promise<unknown> {
  const module: { default: unknown } = await import(pathToFileURL(require.resolve(`@unicode/unicode-12.1.0/${path}/code-points.mjs`)).href);
  return module.default;
}

async function codePoints(path: string): Promise<readonly number[]> {
  const points = await load(path);
  if (!Array.isArray(points)) throw new Error(`${path}: expected a list of code points`);
  return points;
}

async function lowerCaseMap(): Promise<ReadonlyMap<number, number>> {
  const map = await load('Simple_Case_Mapping/Lowercase');
  if (!(map instanceof Map)) throw new Error('expected a map of code points');
  return map;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The class of each code point: code points that are in the same sets are one class. Fills in the classes' sets. */
function classesOf(named: ReadonlyMap<string, Iterable<number>>, classes: ReadonlySet<string>[]): Uint8Array {
  const names = [...named.keys()];
  const masks = new Float64Array(CODE_POINTS);
  names.forEach((name, bit) => {
    for (const codePoint of named.get(name) ?? []) masks[codePoint] = (masks[codePoint] ?? 0) + 2 ** bit;
  });
  const ids = new Map<number, number>([[0, 0]]);
  const result = new Uint8Array(CODE_POINTS);
  masks.forEach((mask, codePoint) => {
    const known = ids.get(mask) ?? ids.size;
    if (!ids.has(mask)) {
      ids.set(mask, known);
      classes.push(new Set(names.filter((_, bit) => Math.floor(mask / 2 ** bit) % 2 === 1)));
    }
    result[codePoint] = known;
  });
  return result;
}

function runs(values: ArrayLike<number>): string {
  const parts: number[] = [];
  for (let index = 0; index < values.length; ) {
    let end = index;
    while (end < values.length && values[end] === values[index]) end++;
    parts.push(end - index, values[index] ?? 0);
    index = end;
  }
  return parts.map((part) => part.toString(36)).join('.');
}

function lowerCaseRuns(map: ReadonlyMap<number, number>): string {
  const entries = [...map].sort(([a], [b]) => a - b);
  const parts: number[] = [];
  let last = 0;
  for (let index = 0; index < entries.length; ) {
    const [first, lower] = entries[index] ?? [0, 0];
    const added = lower - first;
    const stride = (entries[index + 1]?.[0] ?? first + 1) - first;
    let count = 1;
    for (;;) {
      const [next, nextLower] = entries[index + count] ?? [0, 0];
      if (stride > 2 || next !== first + count * stride || nextLower - next !== added) break;
      count++;
    }
    parts.push(first - last, count, count === 1 ? 1 : stride, added);
    last = first;
    index += count;
  }
  return parts.map((part) => part.toString(36)).join('.');
}

function quoted(text: string): string {
  const pieces = text.match(/.{1,140}/g) ?? [''];
  return pieces.map((piece) => `  '${piece}'`).join(' +\n');
}
