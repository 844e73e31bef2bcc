/** A source of numbers in [0, 1). */
export type Random = () => number;

/** The same seed gives the same numbers, so that a run can be had again. Source: the splitmix32 generator. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** One of `choices` by weight. Throws on an empty list. */
export function pick<T>(random: Random, choices: readonly { readonly weight: number; readonly value: T }[]): T {
  let rest = random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, value } of choices) {
    rest -= weight;
    if (rest < 0) return value;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new Error('there is nothing to pick from');
  return last.value;
}
