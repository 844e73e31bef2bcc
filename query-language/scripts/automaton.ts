/**
 * From a grammar over sets of code points to a minimal deterministic automaton over classes of code points.
 * Only the generator of word-break.generated.ts uses it.
 */

/** A set of code points by name; a code point may be in many. */
export type Grammar =
  | { readonly type: 'set'; readonly includes: (names: ReadonlySet<string>) => boolean }
  | { readonly type: 'sequence' | 'choice'; readonly items: readonly Grammar[] }
  | { readonly type: 'star'; readonly item: Grammar };

export const set = (includes: (names: ReadonlySet<string>) => boolean): Grammar => ({ type: 'set', includes });
export const anyOf = (...names: readonly string[]): Grammar => set((has) => names.some((name) => has.has(name)));
export const sequence = (...items: readonly Grammar[]): Grammar => ({ type: 'sequence', items });
export const choice = (...items: readonly Grammar[]): Grammar => ({ type: 'choice', items });
export const star = (item: Grammar): Grammar => ({ type: 'star', item });
export const plus = (item: Grammar): Grammar => sequence(item, star(item));
export const optional = (item: Grammar): Grammar => choice(item, sequence());

interface NfaState {
  readonly silent: number[];
  readonly moves: { readonly classes: ReadonlySet<number>; readonly to: number }[];
}

export interface Automaton {
  /** `transitions[state][class]`; state 0 is dead, state 1 the start. */
  readonly transitions: readonly (readonly number[])[];
  readonly accepts: readonly boolean[];
}

/** The minimal automaton that accepts what the grammar does. `classes[i]` are the names of the sets that class i is in. */
export function buildAutomaton(grammar: Grammar, classes: readonly ReadonlySet<string>[]): Automaton {
  const nfa: NfaState[] = [];
  const start = addState(nfa);
  const end = addState(nfa);
  addGrammar(nfa, grammar, { from: start, to: end }, classes);

  const ids = new Map<string, number>();
  const members: ReadonlySet<number>[] = [];
  const idOf = (states: ReadonlySet<number>): number => {
    const key = [...states].sort((a, b) => a - b).join(' ');
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, members.length);
    members.push(states);
    return members.length - 1;
  };
  idOf(new Set());
  idOf(closure(nfa, [start]));
  const transitions: number[][] = [];
  for (let state = 0; state < members.length; state++) {
    transitions.push(classes.map((_, classId) => idOf(step(nfa, members[state] ?? new Set(), classId))));
  }
  return minimize({ transitions, accepts: members.map((states) => states.has(end)) });
}

function addState(nfa: NfaState[]): number {
  nfa.push({ silent: [], moves: [] });
  return nfa.length - 1;
}

function addGrammar(nfa: NfaState[], grammar: Grammar, ends: { from: number; to: number }, classes: readonly ReadonlySet<string>[]): void {
  const { from, to } = ends;
  if (grammar.type === 'set') {
    const matching = new Set(classes.flatMap((names, id) => (grammar.includes(names) ? [id] : [])));
    nfa[from]?.moves.push({ classes: matching, to });
  } else if (grammar.type === 'choice') {
    for (const item of grammar.items) addGrammar(nfa, item, ends, classes);
  } else if (grammar.type === 'star') {
    const middle = addState(nfa);
    nfa[from]?.silent.push(middle);
    nfa[middle]?.silent.push(to);
    addGrammar(nfa, grammar.item, { from: middle, to: middle }, classes);
  } else {
    let last = from;
    for (const item of grammar.items) {
      const next = addState(nfa);
      addGrammar(nfa, item, { from: last, to: next }, classes);
      last = next;
    }
    nfa[last]?.silent.push(to);
  }
}

function closure(nfa: readonly NfaState[], states: Iterable<number>): ReadonlySet<number> {
  const reached = new Set(states);
  for (const state of reached) for (const next of nfa[state]?.silent ?? []) reached.add(next);
  return reached;
}

function step(nfa: readonly NfaState[], states: ReadonlySet<number>, classId: number): ReadonlySet<number> {
  const next = new Set<number>();
  for (const state of states) {
    for (const move of nfa[state]?.moves ?? []) if (move.classes.has(classId)) next.add(move.to);
  }
  return closure(nfa, next);
}

/** Joins states that no text tells apart, by refining accepting and other states until nothing splits. */
function minimize({ transitions, accepts }: Automaton): Automaton {
  let blocks: readonly number[] = accepts.map(Number);
  let count = new Set(blocks).size;
  for (;;) {
    const ids = new Map<string, number>();
    const refined = transitions.map((row, state) => {
      const key = `${blocks[state]}:${row.map((to) => blocks[to]).join(' ')}`;
      const known = ids.get(key) ?? ids.size;
      ids.set(key, known);
      return known;
    });
    blocks = refined;
    if (ids.size === count) break;
    count = ids.size;
  }
  const firstOf = Array.from({ length: count }, (_, block) => blocks.indexOf(block));
  return {
    transitions: firstOf.map((state) => (transitions[state] ?? []).map((to) => blocks[to] ?? 0)),
    accepts: firstOf.map((state) => accepts[state] ?? false),
  };
}
