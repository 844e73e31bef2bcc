import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FoldStep, marksOf, parseSteps, withoutFolds, withStep, writeSteps } from './fold-steps.ts';
import { findRepeats } from './repeats.ts';
import { hexOf, namesOf, type SpanDraft, treeOf } from './trace-fixtures.ts';
import { visibleNodes } from './trace-rows.ts';

const SPANS: readonly SpanDraft[] = [
  { id: 'a', end: 99, service: 'gateway' },
  { id: 'b', parent: 'a', start: 1, service: 'orders' },
  { id: 'c', parent: 'b', start: 2, service: 'orders' },
  { id: 'd', parent: 'c', start: 3, service: 'stock' },
  { id: 'e', parent: 'a', start: 4, service: 'stock' },
  { id: 'f', parent: 'e', start: 5, service: 'db' },
];

function shownAfter(steps: readonly FoldStep[], spans = SPANS): string[] {
  const tree = treeOf({ spans });
  const repeats = findRepeats(tree);
  const { folded, opened } = marksOf(tree, steps, repeats.headOf);
  return namesOf(tree, [...visibleNodes(tree, { folded, showLogs: true, repeats: { groups: repeats, opened } })]);
}

function take(...steps: readonly FoldStep[]): readonly FoldStep[] {
  return steps.reduce(withStep, []);
}

const of = (type: 'fold' | 'unfold' | 'reveal' | 'layOut', id: string): FoldStep => ({ type, spanId: hexOf(id) });

describe('steps of folding', () => {
  it('fold spans, services and depths', () => {
    expect(shownAfter([])).toEqual(['a', '.b', '..c', '...d', '.e', '..f']);
    expect(shownAfter(take(of('fold', 'b')))).toEqual(['a', '.b', '.e', '..f']);
    expect(shownAfter(take({ type: 'service', service: 'stock' }))).toEqual(['a', '.b', '..c', '...d', '.e']);
    expect(shownAfter(take({ type: 'depth', depth: 1 }))).toEqual(['a', '.b', '.e']);
  });

  it('hold in their order: a depth undoes what was before, and is changed by what comes after', () => {
    expect(take(of('fold', 'e'), { type: 'depth', depth: 1 })).toEqual([{ type: 'depth', depth: 1 }]);
    expect(shownAfter(take({ type: 'depth', depth: 1 }, of('unfold', 'b')))).toEqual(['a', '.b', '..c', '...d', '.e']);
    expect(shownAfter(take({ type: 'service', service: 'orders' }, of('unfold', 'b')))).toEqual(['a', '.b', '..c', '.e', '..f']);
  });

  it('leave out what is undone', () => {
    expect(take(of('fold', 'b'), of('unfold', 'b'))).toEqual([]);
    expect(take(of('fold', 'b'), of('fold', 'e'), of('unfold', 'b'))).toEqual([of('fold', 'e')]);
    expect(withoutFolds(take(of('fold', 'b'), { type: 'service', service: 'stock' }))).toEqual([]);
  });

  it('show what is revealed, whatever was folded above it, until it is folded again', () => {
    const revealed = take(of('fold', 'a'), of('fold', 'b'), of('reveal', 'd'));
    expect(shownAfter(revealed)).toEqual(['a', '.b', '..c', '...d', '.e', '..f']);
    expect(shownAfter(withStep(revealed, of('fold', 'b')))).toEqual(['a', '.b', '.e', '..f']);
  });

  it('lay a repetition out, and leave it so when all is unfolded', () => {
    const spans = [{ id: 'p', end: 99 }, ...[0, 1, 2, 3, 4].map((start) => ({ id: `x${start}`, parent: 'p', name: 'x', start }))];
    expect(shownAfter([], spans)).toHaveLength(2);
    const laidOut = take(of('layOut', 'x0'), of('fold', 'p'));
    expect(shownAfter(laidOut, spans)).toHaveLength(1);
    expect(shownAfter(withoutFolds(laidOut), spans)).toHaveLength(6);
  });

  it('say the same of a trace of which more has come, and nothing of spans that are not there', () => {
    const steps = take(of('fold', 'b'), of('fold', 'nowhere'));
    expect(shownAfter(steps, SPANS.slice(0, 2))).toEqual(['a', '.b']);
    expect(shownAfter(steps)).toEqual(['a', '.b', '.e', '..f']);
  });

  it('come back from an address as they were, the latest hundred of them', () => {
    const id = fc.stringMatching(/^[0-9a-f]{16}$/);
    const step: fc.Arbitrary<FoldStep> = fc.oneof(
      fc.record({ type: fc.constant('depth' as const), depth: fc.nat(99) }),
      fc.record({ type: fc.constant('service' as const), service: fc.string({ minLength: 1 }) }),
      fc.record({ type: fc.constantFrom('fold' as const, 'unfold' as const, 'reveal' as const, 'layOut' as const), spanId: id }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (given) => {
        const steps = given.reduce(withStep, []);
        expect(steps.length).toBeLessThanOrEqual(100);
        expect(parseSteps(writeSteps(steps))).toEqual(steps);
      }),
    );
  });

  it('tell spans of one id apart', () => {
    const step: FoldStep = { type: 'fold', spanId: `${hexOf('a')}-2` };
    expect(parseSteps(writeSteps([step]))).toEqual([step]);
  });

  it('are left out of an address where they say nothing', () => {
    expect(parseSteps(['d', 'dx', 's', '-12', `x${hexOf('a')}`, '', 'd3'])).toEqual([{ type: 'depth', depth: 3 }]);
  });
});
