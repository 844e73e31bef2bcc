import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceLinkCounter } from './reference-service-links.ts';

type AddedSpan = Parameters<ServiceLinkCounter['add']>[0];

function span(
  service: string,
  spanId: string,
  causes: { parent?: string; kind?: number; links?: readonly string[]; trace?: string } = {},
): AddedSpan {
  const { parent, kind = 2, links = [], trace = 't' } = causes;
  return {
    traceId: trace,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    kind,
    links: links.map((linked) => ({ traceId: trace, spanId: linked, attributes: [] })),
    resource: { attributes: service === '' ? [] : [{ key: 'service.name', value: { stringValue: service } }] },
  };
}

function count(spans: readonly AddedSpan[]): string[] {
  const counter = new ServiceLinkCounter();
  for (const added of spans) counter.add(added);
  return counter.links().map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`);
}

const SHOP = [
  span('gateway', 'a'),
  span('gateway', 'b', { parent: 'a', kind: 3 }),
  span('orders', 'c', { parent: 'b' }),
  span('orders', 'd', { parent: 'c', kind: 4 }),
  span('orders', 'e', { parent: 'c', kind: 3 }),
  span('payments', 'f', { parent: 'e' }),
  span('orders', 'g', { parent: 'c', kind: 3 }),
  span('payments', 'h', { parent: 'g' }),
  span('mail', 'i', { kind: 5, links: ['d'] }),
];
const SHOP_LINKS = ['gateway > orders: 1', 'orders > mail: 1', 'orders > payments: 2'];

describe('ServiceLinkCounter', () => {
  it('counts calls from service to service, and messages by their links', () => {
    expect(count(SHOP)).toEqual(SHOP_LINKS);
  });

  it('counts the same in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(SHOP, { minLength: SHOP.length }), (spans) => {
        expect(count(spans)).toEqual(SHOP_LINKS);
      }),
    );
  });

  it.each<[string, AddedSpan[], string[]]>([
    ['a call inside one service', [span('a', '1'), span('a', '2', { parent: '1' })], []],
    ['a parent that never comes', [span('a', '1', { parent: 'gone' })], []],
    ['a parent of the same id in another trace', [span('a', '1', { trace: 'x' }), span('b', '2', { parent: '1' })], []],
    ['spans that name no service', [span('', '1'), span('b', '2', { parent: '1' }), span('', '3', { parent: '2' })], []],
    ['a link of a span that takes no message', [span('a', '1'), span('b', '2', { kind: 1, links: ['1'] })], []],
    ['a consumer whose parent is what it links to', [span('a', '1'), span('b', '2', { kind: 5, parent: '1', links: ['1'] })], ['a > b: 1']],
    [
      'a consumer of a batch from two services',
      [span('a', '1'), span('b', '2'), span('c', '3', { kind: 5, links: ['1', '2'] })],
      ['a > c: 1', 'b > c: 1'],
    ],
    ['names as odd as __proto__', [span('__proto__', '1'), span('constructor', '2', { parent: '1' })], ['__proto__ > constructor: 1']],
  ])('counts %s right', (_caption, spans, expected) => {
    expect(count(spans)).toEqual(expected);
  });
});
