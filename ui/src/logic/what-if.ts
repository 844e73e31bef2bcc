import { formatDuration } from './duration-format.ts';
import { isWaitedFor } from './span-kind.ts';
import { endOf, isSpanNode, type TraceTree } from './trace-tree.ts';

/**
 * How long the request of `root` would take if a span of it took no time. Each parent is played again with what it called: a call begins as long
 * after all that had ended before it as it did, and the parent ends as long after the last of its calls as it did. So no more is saved than the span took, and nothing where something else was waited for.
 * What a call does before its parent began or after it had ended cost the parent nothing, and saves it nothing.
 */
export function durationWithout(tree: TraceTree, { root, node }: { readonly root: number; readonly node: number }): number {
  const whole = tree.duration[root] ?? 0;
  let changed = node;
  let saved = tree.duration[node] ?? 0;
  while (changed !== root && saved > 0) {
    const parent = tree.parent[changed] ?? -1;
    if (parent === -1 || !isSpanNode(tree, parent) || !isWaitedFor(tree.kind[changed])) return whole;
    saved = savedInParent(tree, { parent, changed, saved });
    changed = parent;
  }
  return changed === root ? whole - saved : whole;
}

/** How that is told: what it would be instead, or, where three digits write both the same, how much less. */
export function savingText({ without, whole }: { readonly without: number; readonly whole: number }) {
  const texts = { without: formatDuration(without), whole: formatDuration(whole), saved: formatDuration(whole - without) };
  if (without === whole) return { key: 'span.whatIfNothing', texts } as const;
  return { key: texts.without === texts.whole ? 'span.whatIfLess' : 'span.whatIfAnswer', texts } as const;
}

interface Change {
  readonly parent: number;
  readonly changed: number;
  readonly saved: number;
}

function savedInParent(tree: TraceTree, { parent, changed, saved }: Change): number {
  const [parentStart, parentEnd] = [tree.start[parent] ?? 0, endOf(tree, parent)];
  const inParent = (nanos: number): number => Math.min(parentEnd, Math.max(parentStart, nanos));
  const savedByCall = inParent(endOf(tree, changed)) - inParent(endOf(tree, changed) - saved);
  if (savedByCall === 0) return 0;
  const calls = callsOf(tree, parent, parentEnd);
  // Each of a chain's spans calls one other: what was saved there is saved here.
  if (calls.length === 1) return calls[0] === changed ? savedByCall : 0;
  const ends = calls.map((call) => inParent(endOf(tree, call)));
  const newEnds = ends.slice();
  const byEnd = calls.map((_, place) => place).sort((left, right) => (ends[left] ?? 0) - (ends[right] ?? 0));
  let done = 0;
  /** When the last of those that have ended did so, and when it would. */
  let end = 0;
  let newEnd = 0;
  // What begins waits for all that had ended; calls come by start, so all of those are known already.
  calls.forEach((call, place) => {
    const start = inParent(tree.start[call] ?? 0);
    for (let next = byEnd[done]; next !== undefined && next < place && (ends[next] ?? 0) <= start; next = byEnd[done]) {
      end = Math.max(end, ends[next] ?? 0);
      newEnd = Math.max(newEnd, newEnds[next] ?? 0);
      done += 1;
    }
    newEnds[place] = (ends[place] ?? 0) - (end - newEnd) - (call === changed ? savedByCall : 0);
  });
  const last = ends.reduce((most, value) => Math.max(most, value), 0);
  const newLast = newEnds.reduce((most, value) => Math.max(most, value), 0);
  return last - newLast;
}

/** What the parent waited for, by start. */
function callsOf(tree: TraceTree, parent: number, parentEnd: number): number[] {
  const calls: number[] = [];
  for (let child = parent + 1; child < (tree.subtreeEnd[parent] ?? 0); child = tree.subtreeEnd[child] ?? tree.size) {
    if (isSpanNode(tree, child) && isWaitedFor(tree.kind[child]) && (tree.start[child] ?? 0) < parentEnd) calls.push(child);
  }
  return calls;
}
