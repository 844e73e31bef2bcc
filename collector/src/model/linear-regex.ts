import type { PatternPart, RegexNode } from '@threadline/query-language';
import { ThreadlineError } from '../errors.ts';

/**
 * Whether a whole text matches, in time that grows with the text alone, whatever the expression: an automaton whose states are made as texts
 * need them. JavaScript's own expressions go back and forth, and a hostile one never ends.
 * Source: Ken Thompson, Regular Expression Search Algorithm (1968); Russ Cox, Regular Expression Matching Can Be Simple And Fast (2007).
 */
export interface LinearRegex {
  test(text: string): boolean;
}

/** Steps of an automaton: a character to read and where to go on, ways that part without reading, and the end. */
export type RegexStep =
  | { readonly type: 'read'; readonly test: (codePoint: number) => boolean; readonly next: number }
  | { readonly type: 'split'; readonly nexts: number[] }
  | { readonly type: 'end' };

/** What the parser lets through needs less: its places, and a way round each. */
const MAX_STEPS = 40_000;
/** Steps in all states that are kept; beyond, they are forgotten and made again. */
const MAX_KEPT_STEPS = 500_000;
/** States that are made between two looks at whether to go on. */
const STATES_A_CHECK = 64;
/** Characters below have a place in a state's table. */
const TABLE_SIZE = 128;

/** `check` is called now and then while a test takes long; it throws to end it. Throws `unsupported_query` for one that is too large. */
export function compileRegex(node: RegexNode, check: () => void): LinearRegex {
  const { steps, start } = regexSteps(node);
  return new Automaton(steps, start, check);
}

/** The automaton of an expression; its end is step 0. Throws as `compileRegex`. */
export function regexSteps(node: RegexNode): { readonly steps: readonly RegexStep[]; readonly start: number } {
  const steps: RegexStep[] = [{ type: 'end' }];
  return { start: addNode(node, 0, steps), steps };
}

/** As `compileRegex`, of a pattern with wildcards. */
export function compilePattern(pattern: readonly PatternPart[], check: () => void): LinearRegex {
  const items = pattern.map((part): RegexNode => {
    if (part.type === 'literal') return part;
    return part.type === 'one' ? { type: 'anyCharacter' } : { type: 'repeat', item: { type: 'anyCharacter' }, min: 0 };
  });
  return compileRegex({ type: 'sequence', items }, check);
}

/** Adds the steps of a node in front of a step, and gives the first. */
function addNode(node: RegexNode, next: number, steps: RegexStep[]): number {
  switch (node.type) {
    case 'literal':
      return Array.from(node.text).reduceRight((after, character) => {
        const wanted = character.codePointAt(0);
        return addStep({ type: 'read', test: (codePoint) => codePoint === wanted, next: after }, steps);
      }, next);
    case 'anyCharacter':
      return addStep({ type: 'read', test: () => true, next }, steps);
    case 'set':
      return addStep({ type: 'read', test: setTest(node), next }, steps);
    case 'sequence':
      return node.items.reduceRight((after, item) => addNode(item, after, steps), next);
    case 'choice':
      return addStep({ type: 'split', nexts: node.options.map((option) => addNode(option, next, steps)) }, steps);
    case 'repeat':
      return addRepeat(node, next, steps);
  }
}

function addRepeat({ item, min, max }: RegexNode & { readonly type: 'repeat' }, next: number, steps: RegexStep[]): number {
  let first = next;
  if (max === undefined) {
    const nexts = [next];
    first = addStep({ type: 'split', nexts }, steps);
    nexts.unshift(addNode(item, first, steps));
  } else {
    for (let count = min; count < max; count += 1) first = addStep({ type: 'split', nexts: [addNode(item, first, steps), next] }, steps);
  }
  for (let count = 0; count < min; count += 1) first = addNode(item, first, steps);
  return first;
}

function addStep(step: RegexStep, steps: RegexStep[]): number {
  if (steps.length >= MAX_STEPS) {
    throw new ThreadlineError('unsupported_query', 'The regular expression is too large for the embedded storage: make it shorter');
  }
  return steps.push(step) - 1;
}

function setTest({ ranges, negated }: RegexNode & { readonly type: 'set' }): (codePoint: number) => boolean {
  const bounds = ranges.map(({ from, to }) => [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0] as const);
  return (codePoint) => bounds.some(([from, to]) => from <= codePoint && codePoint <= to) !== negated;
}

interface State {
  readonly steps: readonly number[];
  readonly isEnd: boolean;
  readonly table: (State | undefined)[];
  readonly others: Map<number, State>;
}

class Automaton implements LinearRegex {
  readonly #steps: readonly RegexStep[];
  readonly #start: number;
  readonly #check: () => void;
  readonly #states = new Map<string, State>();
  #keptSteps = 0;
  #made = 0;
  #first: State;

  constructor(steps: readonly RegexStep[], start: number, check: () => void) {
    this.#steps = steps;
    this.#start = start;
    this.#check = check;
    this.#first = this.#state([start]);
  }

  test(text: string): boolean {
    let state = this.#first;
    for (let index = 0; index < text.length; index += 1) {
      const codePoint = text.codePointAt(index) ?? 0;
      if (codePoint > 0xffff) index += 1;
      state = (codePoint < TABLE_SIZE ? state.table[codePoint] : state.others.get(codePoint)) ?? this.#next(state, codePoint);
      if (state.steps.length === 0) return false;
    }
    return state.isEnd;
  }

  #next(state: State, codePoint: number): State {
    if (++this.#made % STATES_A_CHECK === 0) this.#check();
    const nexts = state.steps.flatMap((number) => {
      const step = this.#steps[number];
      return step?.type === 'read' && step.test(codePoint) ? [step.next] : [];
    });
    const next = this.#state(nexts);
    if (codePoint < TABLE_SIZE) state.table[codePoint] = next;
    else state.others.set(codePoint, next);
    // Each way between two states is kept too.
    this.#keptSteps += 1;
    return next;
  }

  /** The state of being at any of these steps, and wherever they lead without reading. */
  #state(from: readonly number[]): State {
    const seen = new Set<number>();
    const waiting = [...from];
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      if (seen.has(number)) continue;
      seen.add(number);
      const step = this.#steps[number];
      if (step?.type === 'split') waiting.push(...step.nexts);
    }
    const steps = [...seen].filter((number) => this.#steps[number]?.type !== 'split').sort((left, right) => left - right);
    const key = steps.join(' ');
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#keptSteps > MAX_KEPT_STEPS) this.#forget();
    const state: State = { steps, isEnd: seen.has(0), table: [], others: new Map() };
    this.#states.set(key, state);
    this.#keptSteps += steps.length + 1;
    return state;
  }

  /** All but the first, whose ways lead to the others. */
  #forget(): void {
    this.#states.clear();
    this.#keptSteps = 0;
    this.#first = this.#state([this.#start]);
  }
}
