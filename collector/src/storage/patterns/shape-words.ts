import { tokenize } from '@threadline/query-language';
import { filledShape, type ShapeText } from './shape-text.ts';
import { NO_TEMPLATE, OTHER_TEMPLATE, WILDCARD_UNITS, wildcardUnit } from './template-text.ts';

/** What is certain of the words of each message of a shape. */
export interface ShapeWords {
  /** Words that stand behind each other in every one of them. Between two runs there are other words, at least one. */
  readonly runs: readonly (readonly string[])[];
  /** What else its words may be: none, such as `isValueWord` allows, or any. */
  readonly others: 'none' | 'values' | 'any';
}

/** What a search among words says of all messages of a shape; undefined where each has to be looked at. */
export type ShapeTest = (shape: ShapeWords) => boolean | undefined;

const ANY_WORDS: ShapeWords = { runs: [], others: 'any' };
/** ASCII that is in no word and parts those on both sides, whatever they are; and none of the marks of wildcards. Source: Unicode Standard Annex 29. */
const PARTING = /[ !"#$%&()*+\-/<=>?@[\\\]^`{|}~]+/;
const WILDCARDS = new RegExp(`[${WILDCARD_UNITS}]`);
/** Of these wildcards every word is one that `isValueWord` allows, and there is at least one. */
const VALUES = ['num', 'hex', 'uuid', 'ip', 'time'] as const;
const ONLY_VALUES = new RegExp(`^[.:,;'${String.fromCharCode(...VALUES.map(wildcardUnit))}]+$`);
const NO_VALUE_WORD = /^(?=.*[g-z])[a-z]{3,}$/;
/** What joins characters over those that part all others: letters that a quote stands between, and what makes a key cap of a sign. */
const JOINING = /[\u0590-\u05ff]|[\ufb1d-\ufb4f]|\u20e3/;

export function shapeWords(shape: ShapeText): ShapeWords {
  const text = filledShape(shape);
  if (text === OTHER_TEMPLATE || text === NO_TEMPLATE || JOINING.test(text)) return ANY_WORDS;
  const runs: string[][] = [];
  let run: string[] = [];
  let others: ShapeWords['others'] = 'none';
  for (const piece of text.split(PARTING)) {
    if (!WILDCARDS.test(piece)) {
      for (const word of tokenize(piece)) run.push(word.text);
      continue;
    }
    // What touches a wildcard may be of one word with it.
    if (!ONLY_VALUES.test(piece)) others = 'any';
    else if (others === 'none') others = 'values';
    runs.push(run);
    run = [];
  }
  runs.push(run);
  return { runs, others };
}

/**
 * Whether a word, lower-cased, may stand in a number, an address, a time or hexadecimal digits. Those have either no letters but the first six, or
 * at most two (`kindOfDigits`), so three letters of which one is another do not.
 */
function isValueWord(word: string): boolean {
  return !NO_VALUE_WORD.test(word);
}

/** Messages with these words behind each other; at least one. */
export function phraseTest(phrase: readonly string[]): ShapeTest {
  const isValue = phrase.map(isValueWord);
  const isPossible = phrase.every((word) => !isValueWord(word))
    ? () => false
    : (words: readonly (string | typeof VALUE)[]) => words.some((_, start) => mayStand(phrase, isValue, words, start));
  return ({ runs, others }) => {
    if (runs.some((run) => hasPhrase(run, phrase))) return true;
    if (others === 'none') return false;
    return others === 'any' || isPossible(runs.flatMap<string | typeof VALUE>((run, number) => (number === 0 ? [...run] : [VALUE, ...run])))
      ? undefined
      : false;
  };
}

/** Stands for one value word or several. */
const VALUE = Symbol('value words');

/** Whether the phrase may stand from a place on. */
function mayStand(
  phrase: readonly string[],
  isValue: readonly boolean[],
  words: readonly (string | typeof VALUE)[],
  start: number,
): boolean {
  // Places that the words of the phrase so far may end before, or within.
  let places = new Set([start]);
  for (const [number, word] of phrase.entries()) {
    const next = new Set<number>();
    for (const place of places) {
      if (words[place] === word) next.add(place + 1);
      if (words[place] === VALUE && isValue[number]) next.add(place).add(place + 1);
    }
    places = next;
  }
  return places.size > 0;
}

/** Messages with a word that passes. `literals` are parts of every such word. */
export function wordTest(test: (word: string) => boolean, literals: readonly string[]): ShapeTest {
  const isPlain = literals.some((literal) => !isValueWord(literal));
  return ({ runs, others }) => {
    if (runs.some((run) => run.some(test))) return true;
    return others === 'none' || (others === 'values' && isPlain) ? false : undefined;
  };
}

export function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  const [first = ''] = phrase;
  for (let start = words.indexOf(first); start !== -1; start = words.indexOf(first, start + 1)) {
    if (phrase.every((word, offset) => words[start + offset] === word)) return true;
  }
  return false;
}
