import { describe, expect, it } from 'vitest';
import type { Span } from '../api/index.ts';
import { findAbsentParents, findUnconsumedProducers } from './completeness.ts';
import { spanName } from './span-causes.ts';

const TRACE = 'a'.repeat(32);

function span(
  spanId: string,
  fields: Partial<Span> & { readonly operation?: string; readonly old?: string; readonly to?: string } = {},
): Span {
  const { operation, old, to, ...rest } = fields;
  const messaging = [
    ...(operation === undefined && old === undefined ? [] : [{ key: 'messaging.system', value: { stringValue: 'kafka' } }]),
    ...(operation === undefined ? [] : [{ key: 'messaging.operation.type', value: { stringValue: operation } }]),
    ...(old === undefined ? [] : [{ key: 'messaging.operation', value: { stringValue: old } }]),
    ...(to === undefined ? [] : [{ key: 'messaging.destination.name', value: { stringValue: to } }]),
  ];
  return {
    id: spanId,
    traceId: TRACE,
    spanId,
    name: spanId,
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    arrivalTimeUnixNano: '1',
    attributes: messaging,
    resource: { attributes: [] },
    scope: { attributes: [] },
    ...rest,
  };
}

const link = (spanId: string) => ({ traceId: TRACE, spanId, attributes: [] });

describe('findAbsentParents', () => {
  it('names each parent that is not there once, and no root', () => {
    const spans = [
      span('root'),
      span('a', { parentSpanId: 'root' }),
      span('b', { parentSpanId: 'lost' }),
      span('c', { parentSpanId: 'lost' }),
    ];
    const there = new Set(spans.map(spanName));
    expect(findAbsentParents(spans, (name) => there.has(name))).toEqual([{ traceId: TRACE, spanId: 'lost' }]);
  });

  it('does not take a span of another trace for the parent', () => {
    const spans = [span('a', { traceId: 'b'.repeat(32) }), span('c', { parentSpanId: 'a' })];
    const there = new Set(spans.map(spanName));
    expect(findAbsentParents(spans, (name) => there.has(name))).toEqual([{ traceId: TRACE, spanId: 'a' }]);
  });
});

describe('findUnconsumedProducers', () => {
  const unconsumed = (...spans: readonly Span[]): string[] => findUnconsumedProducers(spans, spans).map(({ id }) => id);

  it.each([
    ['nobody names it', [span('p', { kind: 4, operation: 'send' })], ['p']],
    ['its consumer is its child', [span('p', { kind: 4, operation: 'send' }), span('c', { kind: 5, parentSpanId: 'p' })], []],
    [
      'its consumer links to it',
      [span('p', { kind: 4, operation: 'publish' }), span('c', { operation: 'receive', kind: 3, links: [link('p')] })],
      [],
    ],
    ['only a client call is below it', [span('p', { kind: 4, operation: 'send' }), span('c', { kind: 3, parentSpanId: 'p' })], ['p']],
    ['it has the conventions of before', [span('p', { kind: 4, old: 'publish' })], ['p']],
    ['it is of kind producer without any messaging', [span('p', { kind: 4 })], []],
    ['it is a client that sends what has a create span', [span('p', { kind: 3, operation: 'send' })], []],
    ['it is a create of any kind', [span('p', { kind: 3, operation: 'create' })], ['p']],
    [
      'it sends messages that have create spans as children',
      [
        span('p', { kind: 4, operation: 'send' }),
        span('m', { kind: 4, operation: 'create', parentSpanId: 'p' }),
        span('c', { kind: 5, parentSpanId: 'm' }),
      ],
      [],
    ],
    [
      'it links to create spans, of which one was not taken',
      [
        span('m', { operation: 'create' }),
        span('n', { operation: 'create' }),
        span('p', { kind: 4, operation: 'send', links: [link('m'), link('n')] }),
        span('c', { kind: 5, links: [link('m')] }),
      ],
      ['n'],
    ],
  ])('where %s', (_caption, spans, expected) => {
    expect(unconsumed(...spans)).toEqual(expected);
  });

  it.each([
    'orders.dlq',
    'ordersDLQ',
    'orders-dead-letter-queue',
    'OrderDeadLetters',
    'orders.DLT',
    'dlx:orders',
    'parking-lot',
    'orders-poison',
  ])('misses nobody who takes from %s: messages are put there to lie', (to) =>
    expect(unconsumed(span('p', { kind: 4, operation: 'send', to }))).toEqual([]),
  );

  it.each(['orders', 'dltd', 'deadline.letters', 'poisonous-plants', 'parking'])('misses who takes from %s', (to) =>
    expect(unconsumed(span('p', { kind: 4, operation: 'send', to }))).toEqual(['p']),
  );
});
