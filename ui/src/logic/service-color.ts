/** Hues of theme/tokens.css. */
export const HUE_COUNT = 12;

/** FNV-1a, 32 bits: the same name has the same preferred hue everywhere. Source: RFC draft-eastlake-fnv. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** The hue a name has where nothing is known of its neighbours. */
export function preferredHue(name: string): number {
  return hash(name) % HUE_COUNT;
}

/**
 * A hue for each name, distinct as long as there are twelve. The same set of names gives the same hues in any order. Of names that prefer the same one
 * the first by alphabet has it. Beyond twelve, names share hues: those of one system (`shop-web`, `shop-stock`; names of one word are one system too)
 * as seldom as can be, since they are what a page shows together.
 */
export function assignHues(names: Iterable<string>, preferred: (name: string) => number = preferredHue): ReadonlyMap<string, number> {
  return placeNames(new Map(), names, preferred);
}

/**
 * The hues of all of the app, with a name more: each that has one keeps it, so that a service looks the same on every page, before and after others
 * come. Two that share a hue may so meet on one page: there are twelve hues, and one who follows a service from page to page is helped more by its
 * keeping one than by all on a page differing; each stands beside its name. What is new is told apart from those that it comes with, as far as there
 * are hues. The same map where all are known.
 */
export function extendHues(known: ReadonlyMap<string, number>, names: readonly string[]): ReadonlyMap<string, number> {
  return names.every((name) => known.has(name)) ? known : placeNames(known, names, preferredHue);
}

function placeNames(
  known: ReadonlyMap<string, number>,
  names: Iterable<string>,
  preferred: (name: string) => number,
): ReadonlyMap<string, number> {
  const hues = new Map(known);
  const taken = new Set(known.values());
  /** Of each system how many of its services have each hue. */
  const bySystem = new Map<string, Uint16Array>();
  const inSystem = (name: string): Uint16Array => {
    const system = systemOf(name);
    const found = bySystem.get(system) ?? new Uint16Array(HUE_COUNT);
    bySystem.set(system, found);
    return found;
  };
  const all = [...new Set(names)].sort();
  /** Of those that were known before, where others come to them. */
  const beside = new Set(all.flatMap((name) => known.get(name) ?? []));
  const count = (name: string, hue: number): void => {
    const counts = inSystem(name);
    counts[hue] = (counts[hue] ?? 0) + 1;
  };
  for (const [name, hue] of known) count(name, hue);
  const give = (name: string, hue: number): void => {
    hues.set(name, hue);
    taken.add(hue);
    count(name, hue);
  };
  const late: string[] = [];
  for (const name of all) {
    if (known.has(name)) continue;
    if (taken.has(preferred(name))) late.push(name);
    else give(name, preferred(name));
  }
  for (const name of late) {
    const rank = (hue: number): number =>
      taken.size < HUE_COUNT ? Number(taken.has(hue)) : (inSystem(name)[hue] ?? 0) + Number(beside.has(hue));
    const from = preferred(name);
    let best = from;
    for (let step = 1; step < HUE_COUNT; step += 1) {
      const hue = (from + step) % HUE_COUNT;
      if (rank(hue) < rank(best)) best = hue;
    }
    give(name, best);
  }
  return hues;
}

function systemOf(name: string): string {
  return /^[^-._/]+(?=[-._/])/.exec(name)?.[0] ?? '';
}
