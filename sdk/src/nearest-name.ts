/** More of a name's characters than a third are no slip: what is near then is so by chance. */
const MAX_EDITED_SHARE = 1 / 3;

/**
 * What to ask for a name that is not known: whether the one was meant that is nearest to it. Empty where none is near. `prefix` is what all of them begin with and no likeness.
 */
export function askForNearest(name: string, known: readonly string[], prefix = ''): string {
  const nearest = nearestName(
    name.slice(prefix.length),
    known.map((one) => one.slice(prefix.length)),
  );
  return nearest === undefined ? '' : `, did you mean ${prefix}${nearest}?`;
}

/**
 * The known name that takes the fewest edits, the first of several; case does not count, nor what a name stands below (`logs.`). Undefined where each
 * takes more than a third of the characters, unless the name ends with it.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const given = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const own = candidate.slice(candidate.lastIndexOf('.') + 1).toLowerCase();
    const distance = editDistance(given, own);
    const isNear = distance <= Math.max(given.length, own.length) * MAX_EDITED_SHARE || given.endsWith(own);
    if (isNear && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Of single-character edits and exchanges of two neighbours, no part edited twice (optimal string alignment), a row of its table at a time. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchange = isExchange ? (beforePrevious[j - 2] ?? 0) + 1 : substitution;
      current.push(Math.min(substitution, exchange, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? a.length;
}
