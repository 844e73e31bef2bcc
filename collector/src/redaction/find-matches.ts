import type { RegexNode } from '@threadline/query-language';
import { compileRegex, type LinearRegex, type RegexStep, regexSteps } from '../model/linear-regex.ts';

/** Where something is in a text, in UTF-16 units. */
export type Range = readonly [start: number, end: number];

/** Finds what is to be hidden in a text: ranges in order that do not overlap. Linear in the text's length. */
export type FindRanges = (text: string) => readonly Range[];

const NONE: readonly Range[] = [];

/**
 * Finds every part of a text that any match of the expression covers. Unlike a search that takes the first match and goes on behind it, it leaves nothing
 * of an overlapping one. Each character costs at most one look at each step of the expression, and one look at a table where nothing matches. Throws
 * `unsupported_query` for an expression that is too large.
 */
export function findMatches(node: RegexNode): FindRanges {
  const anything: RegexNode = { type: 'repeat', item: { type: 'anyCharacter' }, min: 0 };
  const detector: LinearRegex = compileRegex({ type: 'sequence', items: [anything, node, anything] }, () => undefined);
  const { steps, start } = regexSteps(node);
  return (text) => (detector.test(text) ? coveredRanges(text, steps, start) : NONE);
}

/** Places in the expression that are being tried, each with where its match began: the earliest first, one of each place. */
interface Threads {
  readonly places: number[];
  readonly begins: number[];
}

function coveredRanges(text: string, steps: readonly RegexStep[], start: number): Range[] {
  const found: Range[] = [];
  const seenAt = new Int32Array(steps.length).fill(-1);
  let threads: Threads = { places: [], begins: [] };
  /** Adds a place and wherever it leads without reading, unless an earlier match is there already. */
  const add = (place: number, begin: number, at: number, to: Threads): void => {
    const waiting = [place];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seenAt[next] === at) continue;
      seenAt[next] = at;
      const step = steps[next];
      if (step?.type === 'split') waiting.push(...step.nexts);
      else if (step?.type === 'end') addRange(found, begin, at);
      else {
        to.places.push(next);
        to.begins.push(begin);
      }
    }
  };
  for (let at = 0; at < text.length; ) {
    // A match that begins here comes last: it began last.
    add(start, at, at, threads);
    const codePoint = text.codePointAt(at) ?? 0;
    const next = at + (codePoint > 0xffff ? 2 : 1);
    const after: Threads = { places: [], begins: [] };
    for (const [index, place] of threads.places.entries()) {
      const step = steps[place];
      if (step?.type === 'read' && step.test(codePoint)) add(step.next, threads.begins[index] ?? 0, next, after);
    }
    threads = after;
    at = next;
  }
  return found;
}

/** The matches end in order; one that began before earlier ones swallows them. */
function addRange(found: Range[], begin: number, end: number): void {
  if (begin === end) return;
  let first = begin;
  for (let last = found.at(-1); last && last[1] > first; last = found.at(-1)) {
    first = Math.min(first, last[0]);
    found.pop();
  }
  found.push([first, end]);
}
