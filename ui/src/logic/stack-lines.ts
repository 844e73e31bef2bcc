import type { StackLine } from '@threadline/collector/api';

/** Lines of a stack that belong together: a run of library frames is one that a reader may fold. */
export interface StackPart {
  /** Of its first line, from 0. */
  readonly place: number;
  readonly lines: readonly StackLine[];
  readonly isFoldable: boolean;
}

/** Fewer library frames than that are shown: to fold them saves nothing. */
const LEAST_FOLDED = 2;

/** A stack in parts, in order; each line is in one. */
export function stackParts(stack: readonly StackLine[]): StackPart[] {
  const parts: StackPart[] = [];
  for (let place = 0; place < stack.length; ) {
    const kind = stack[place]?.kind;
    let end = place + 1;
    while (end < stack.length && stack[end]?.kind === kind) end += 1;
    const lines = stack.slice(place, end);
    parts.push({ place, lines, isFoldable: kind === 'library' && lines.length >= LEAST_FOLDED });
    place = end;
  }
  return parts;
}

export function stackText(stack: readonly StackLine[]): string {
  return stack.map(({ text }) => text).join('\n');
}
