/** More of a name's letters than a third are no slip: what is near then is so by chance. */
const MAX_EDITED_SHARE = 1 / 3;

/**
 * The name of the list that takes the fewest edits (a letter put in, left out or changed) to get to; the first of several. Undefined where none is near.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let fewest = name.length * MAX_EDITED_SHARE;
  for (const candidate of known) {
    const edits = editDistance(name.toUpperCase(), candidate);
    if (edits > fewest || (edits === fewest && nearest !== undefined)) continue;
    fewest = edits;
    nearest = candidate;
  }
  return nearest;
}

/** Levenshtein's distance, a row of its table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const change = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
