import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../api/index.ts';
import { descendantsOf, isOneMessage, isOwnSpan } from './flow-membership.ts';

const TRACE = 'a'.repeat(32);

function span(spanId: string, fields: Partial<Span> & { readonly correlationId?: string } = {}): Span {
  const { correlationId, ...rest } = fields;
  return {
    id: spanId,
    traceId: TRACE,
    spanId,
    name: spanId,
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    arrivalTimeUnixNano: '1',
    attributes: correlationId === undefined ? [] : [{ key: 'correlation.id', value: { stringValue: correlationId } }],
    resource: { attributes: [] },
    scope: { attributes: [] },
    ...rest,
  };
}

const link = (spanId: string) => ({ traceId: TRACE, spanId, attributes: [] });

describe('isOwnSpan', () => {
  it.each([
    ['with the id in one of its traces', span('x', { correlationId: 'flow' }), true],
    ['with the id in another trace', span('x', { correlationId: 'flow', traceId: 'b'.repeat(32) }), true],
    ['without an id in one of its traces', span('x'), true],
    ['without an id in another trace', span('x', { traceId: 'b'.repeat(32) }), false],
    ['with another id in one of its traces', span('x', { correlationId: 'other' }), false],
  ])('of a span %s', (_caption, candidate, expected) => {
    expect(isOwnSpan(candidate, { correlationId: 'flow', traceIds: new Set([TRACE]) })).toBe(expected);
  });
});

describe('isOneMessage', () => {
  it('is a span with one link and no id of its own', () => {
    expect(isOneMessage(span('x', { links: [link('p')] }))).toBe(true);
    expect(isOneMessage(span('x', { links: [link('p'), link('q')] }))).toBe(false);
    expect(isOneMessage(span('x', { links: [link('p')], correlationId: 'own' }))).toBe(false);
    expect(isOneMessage(span('x'))).toBe(false);
  });
});

describe('descendantsOf', () => {
  it('is everything below and nothing else, each once', () => {
    // Parents by number: node i hangs below parents[i] < i, or below nothing.
    const anyForest = fc.array(fc.option(fc.nat()), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyForest, fc.nat(), (parents, choice) => {
        const parentOf = (index: number) => (index === 0 || parents[index] == null ? undefined : (parents[index] ?? 0) % index);
        const nodes = parents.map((_, index) => {
          const parent = parentOf(index);
          return span(`n${index}`, parent === undefined ? {} : { parentSpanId: `n${parent}` });
        });
        const top = choice % nodes.length;
        const isBelow = (index: number): boolean => {
          const parent = parentOf(index);
          return parent !== undefined && (parent === top || isBelow(parent));
        };
        const expected = nodes.filter((_, index) => isBelow(index)).map(({ id }) => id);
        expect(
          descendantsOf(
            nodes.filter((_, index) => index === top),
            nodes,
          )
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(expected.toSorted());
      }),
    );
  });

  it('ends a branch at a span with an id of its own and does not hang in a circle', () => {
    const nodes = [
      span('b', { parentSpanId: 'a' }),
      span('c', { parentSpanId: 'b', correlationId: 'other' }),
      span('d', { parentSpanId: 'c' }),
      span('a', { parentSpanId: 'b' }),
    ];
    expect(descendantsOf([span('a')], nodes).map(({ id }) => id)).toEqual(['b']);
  });
});
