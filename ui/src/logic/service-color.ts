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
 * A hue for each name, distinct as long as there are twelve. The same set of names gives the same hues in any order;
 * beyond twelve, names share the hue they prefer. Of names that prefer the same one the first by alphabet has it.
 */
export function assignHues(names: Iterable<string>, preferred: (name: string) => number = preferredHue): ReadonlyMap<string, number> {
  const hues = new Map<string, number>();
  const taken = new Set<number>();
  const late: string[] = [];
  for (const name of [...new Set(names)].sort()) {
    const hue = preferred(name);
    if (taken.has(hue)) late.push(name);
    else {
      taken.add(hue);
      hues.set(name, hue);
    }
  }
  for (const name of late) {
    let hue = preferred(name);
    if (taken.size < HUE_COUNT) while (taken.has(hue)) hue = (hue + 1) % HUE_COUNT;
    taken.add(hue);
    hues.set(name, hue);
  }
  return hues;
}
