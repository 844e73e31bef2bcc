import type { Repeats } from './repeats.ts';
import { foldedBelow, withRowFor } from './trace-rows.ts';
import { NODE, nodeOfSpan, type TraceTree } from './trace-tree.ts';

/**
 * What a reader has done to the folds of a trace, in order. Steps and not marks of nodes: they say the same of a trace of which more has come, and are short
 * enough for an address, also where one of them folds thousands.
 */
export type FoldStep =
  /** Nothing deeper has a row; all steps before are undone. */
  | { readonly type: 'depth'; readonly depth: number }
  /** Each call of the service is folded. */
  | { readonly type: 'service'; readonly service: string }
  /** One span, by its key: its subtree is folded away, or not; the repetition that it is the first of is laid out; nothing that hides it is folded. */
  | { readonly type: SpanStepType; readonly spanId: string };

const SPAN_STEPS = { '-': 'fold', '+': 'unfold', o: 'layOut', r: 'reveal' } as const;
type SpanStepType = (typeof SPAN_STEPS)[keyof typeof SPAN_STEPS];

/** Of an address of some kilobytes; with more the oldest are forgotten. */
const MAX_STEPS = 100;
const SPAN_KEY = /^[0-9a-f]{16}(?:-\d{1,7})?$/;

export interface FoldMarks {
  /** 1 for nodes whose subtree is folded away, and for first ones of repetitions that are laid out. */
  readonly folded: Uint8Array;
  readonly opened: Uint8Array;
}

/** The marks of a tree after these steps; those about spans that it does not have change nothing. */
export function marksOf(tree: TraceTree, steps: readonly FoldStep[], headOf: Repeats['headOf']): FoldMarks {
  let marks: FoldMarks = { folded: new Uint8Array(tree.size), opened: new Uint8Array(tree.size) };
  for (const step of steps) {
    if (step.type === 'depth') marks = { folded: foldedBelow(tree, step.depth), opened: new Uint8Array(tree.size) };
    else if (step.type === 'service') foldService(tree, tree.services.indexOf(step.service), marks.folded);
    else {
      const node = nodeOfSpan(tree, step.spanId);
      if (node === -1) continue;
      if (step.type === 'reveal') marks = withRowFor(tree, node, { shown: marks, headOf });
      else if (step.type === 'layOut') marks.opened[node] = 1;
      else marks.folded[node] = step.type === 'fold' ? 1 : 0;
    }
  }
  return marks;
}

function foldService(tree: TraceTree, service: number, folded: Uint8Array): void {
  for (let node = 0; node < tree.size; node += 1) if (tree.service[node] === service && tree.type[node] !== NODE.log) folded[node] = 1;
}

/** The steps with one more; what it undoes is left out. */
export function withStep(steps: readonly FoldStep[], step: FoldStep): readonly FoldStep[] {
  if (step.type === 'depth') return [step];
  if (step.type === 'service' || step.type === 'reveal') return [...steps, step].slice(-MAX_STEPS);
  const isOfFolds = step.type !== 'layOut';
  const others = steps.filter(
    (other) => !('spanId' in other && other.spanId === step.spanId && (isOfFolds ? isFoldOfSpan(other) : other.type === 'layOut')),
  );
  // Nothing else can have folded it.
  const isUndone = step.type === 'unfold' && others.every((other) => 'spanId' in other);
  return isUndone ? others : [...others, step].slice(-MAX_STEPS);
}

function isFoldOfSpan({ type }: FoldStep): boolean {
  return type === 'fold' || type === 'unfold';
}

/** The steps after which nothing is folded: repetitions that are laid out stay so. */
export function withoutFolds(steps: readonly FoldStep[]): readonly FoldStep[] {
  return steps.filter(({ type }) => type === 'layOut' || type === 'reveal');
}

/** As they stand in an address's list, a text each. */
export function writeSteps(steps: readonly FoldStep[]): readonly string[] {
  return steps.map((step) => {
    if (step.type === 'depth') return `d${step.depth}`;
    if (step.type === 'service') return `s${step.service}`;
    const [letter = ''] = Object.entries(SPAN_STEPS).find(([, type]) => type === step.type) ?? [];
    return `${letter}${step.spanId}`;
  });
}

/** The inverse; texts that say nothing are left out. */
export function parseSteps(texts: readonly string[]): readonly FoldStep[] {
  return texts.slice(-MAX_STEPS).flatMap((text): FoldStep[] => {
    const [letter, rest] = [text.charAt(0), text.slice(1)];
    if (letter === 'd') return /^\d{1,7}$/.test(rest) ? [{ type: 'depth', depth: Number(rest) }] : [];
    if (letter === 's') return rest === '' ? [] : [{ type: 'service', service: rest }];
    const type = isSpanLetter(letter) ? SPAN_STEPS[letter] : undefined;
    return type === undefined || !SPAN_KEY.test(rest) ? [] : [{ type, spanId: rest }];
  });
}

function isSpanLetter(letter: string): letter is keyof typeof SPAN_STEPS {
  return Object.hasOwn(SPAN_STEPS, letter);
}
