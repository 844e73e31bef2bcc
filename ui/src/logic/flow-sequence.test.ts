import type { FlowBreak } from '@threadline/collector/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causalOrder, type FlowItem } from './causal-order.ts';
import { buildSequence, type FlowSequence, type SequenceHints, signatureOf } from './flow-sequence.ts';
import { logRecord, span } from './record-fixtures.ts';
import { foldSequence, sequenceRows } from './sequence-folding.ts';

type Fields = Parameters<typeof span>[0] & { readonly about?: Readonly<Record<string, string>> };

const step = (spanId: string, { about = {}, ...fields }: Fields): FlowItem => ({
  type: 'span',
  span: span({
    spanId,
    name: spanId,
    attributes: Object.entries(about).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    ...fields,
  }),
});
const kafka = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };

/** `gateway -> orders: label`, `->>` for what is not waited for. */
function lines({ participants, messages }: FlowSequence): string[] {
  const name = (place: number) => participants[place]?.name || participants[place]?.type;
  return messages.map(
    ({ type, from, to, label }) => `${name(from)} ${type === 'async' ? '->>' : '->'} ${type === 'self' ? '' : `${name(to)}: `}${label}`,
  );
}

describe('buildSequence', () => {
  it('has one message for both sides of a call, and others for databases, others’ hosts and work inside', () => {
    const sequence = buildSequence([
      step('GET /', { service: 'gateway', kind: 2 }),
      step('call', { service: 'gateway', kind: 3, parentSpanId: 'GET /' }),
      step('POST /orders', { service: 'orders', kind: 2, parentSpanId: 'call' }),
      { type: 'log', log: logRecord({ service: 'orders', traceId: 't', spanId: 'POST /orders' }) },
      step('check', { service: 'orders', kind: 1, parentSpanId: 'POST /orders' }),
      step('INSERT', {
        service: 'orders',
        kind: 3,
        parentSpanId: 'check',
        about: { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
      }),
      step('GET', {
        service: 'orders',
        kind: 3,
        parentSpanId: 'POST /orders',
        about: { 'server.address': 'api.bank.example', 'server.port': '443' },
      }),
    ]);
    expect(lines(sequence)).toEqual([
      'outside -> gateway: GET /',
      'gateway -> orders: POST /orders',
      'orders -> check',
      'orders -> postgresql shop: INSERT',
      'orders -> api.bank.example:443: GET',
    ]);
    expect(sequence.messages[1]).toMatchObject({ spans: [1, 2], main: 2, logs: [3], parent: 0 });
    expect([...sequence.messageOf]).toEqual([0, 1, 1, 1, 2, 3, 4]);
  });

  describe('names a service that was called and has no spans here', () => {
    const call = (about: Readonly<Record<string, string>>): FlowItem[] => [
      step('GET /', { service: 'gateway', kind: 2 }),
      step('call', { service: 'gateway', kind: 3, parentSpanId: 'GET /', about }),
    ];
    const called = (items: readonly FlowItem[], hints?: Partial<SequenceHints>) => {
      const { participants, messages } = buildSequence(items, { breaks: [], services: [], ...hints });
      return participants[messages[1]?.to ?? 0];
    };
    const own = (name: string, absence?: string) => ({ type: 'service', name, instance: '', ...(absence && { absence }) });
    const sampledOut: FlowBreak = {
      cause: 'sampled_out',
      certainty: 'likely',
      from: { service: 'gateway', address: '' },
      to: { service: 'stock', address: '10.0.0.7:80' },
      anchor: { traceId: 't', spanId: 'call', side: 'after' },
      timeUnixNano: '0',
      count: 1,
      evidence: [],
    };

    const { anchor: _, ...withoutPlace } = sampledOut;

    it('by the break at the call, and at others to the same address', () => {
      const items = [
        ...call({ 'server.address': '10.0.0.7', 'server.port': '80' }),
        step('again', { service: 'gateway', kind: 3, parentSpanId: 'GET /', about: { 'server.address': '10.0.0.7', 'server.port': '80' } }),
      ];
      const { participants, messages } = buildSequence(items, { breaks: [sampledOut], services: [] });
      expect(participants.slice(2)).toEqual([own('stock', 'sampled_out')]);
      expect(messages.map(({ to }) => to)).toEqual([1, 2, 2]);
    });

    it('by its records in the flow, and by its name at the collector', () => {
      const log: FlowItem = { type: 'log', log: logRecord({ service: 'stock', traceId: 't', spanId: 'gone' }) };
      expect(called([...call({ 'server.address': 'stock', 'server.port': '80' }), log])).toEqual(own('stock', 'unknown'));
      expect(called([...call({ 'server.address': 'stock' }), log], { breaks: [withoutPlace] })).toEqual(own('stock', 'sampled_out'));
      const services = ['stock'];
      for (const about of [
        { 'server.address': 'stock' },
        { 'server.address': 'stock.shop.svc.cluster.local' },
        { 'server.address': '10.0.0.7', 'peer.service': 'stock' },
        { 'service.peer.name': 'stock' },
      ]) {
        expect(called(call(about), { services })).toEqual(own('stock', 'unknown'));
      }
    });

    it('as itself where it has other spans here', () => {
      const items = [...call({ 'server.address': 'stock' }), step('job', { service: 'stock', kind: 1 })];
      expect(called(items)).toEqual(own('stock'));
    });

    it('and not by a break at what was served, whose address is that of who served it', () => {
      const sent: FlowBreak = { ...sampledOut, cause: 'loaded_before_sdk', anchor: { traceId: 't', spanId: 'GET /', side: 'after' } };
      const items = [
        step('GET /', { service: 'gateway', kind: 2, about: { 'server.address': '10.0.0.7' } }),
        step('call', { service: 'gateway', kind: 3, parentSpanId: 'GET /', about: { 'server.address': '10.0.0.7' } }),
      ];
      expect(called(items, { breaks: [sent] })).toEqual({ type: 'external', name: '10.0.0.7', instance: '' });
    });

    it('and leaves hosts of others as they are', () => {
      const external = (name: string) => ({ type: 'external', name, instance: '' });
      expect(called(call({ 'server.address': 'stock.example.com' }), { services: ['stock'] })).toEqual(external('stock.example.com'));
      expect(called(call({ 'server.address': 'stock' }))).toEqual(external('stock'));
      const elsewhere: FlowBreak = { ...sampledOut, cause: 'header_dropped' };
      expect(called(call({ 'server.address': 'proxy' }), { breaks: [elsewhere] })).toEqual(external('proxy'));
    });
  });

  it('sends an attempt that nobody answered to whom the others at its address went, unless those went to several', () => {
    const attempts = (answering: readonly string[]) =>
      lines(
        buildSequence([
          step('GET /', { service: 'gateway', kind: 2 }),
          step('failed', { service: 'gateway', kind: 3, parentSpanId: 'GET /', about: { 'server.address': 'stock', 'server.port': '80' } }),
          ...answering.flatMap((service, turn) => [
            step(`try ${turn}`, {
              service: 'gateway',
              kind: 3,
              parentSpanId: 'GET /',
              about: { 'server.address': 'stock', 'server.port': '80' },
            }),
            step(`served ${turn}`, { service, kind: 2, parentSpanId: `try ${turn}` }),
          ]),
        ]),
      )[1];
    expect(attempts(['stock', 'stock'])).toBe('gateway -> stock: failed');
    expect(attempts(['stock', 'prices'])).toBe('gateway -> stock:80: failed');
    expect(attempts([])).toBe('gateway -> stock:80: failed');
  });

  it('leads messages through their queue, whichever trace the consumer is in', () => {
    const sequence = buildSequence([
      step('POST /orders', { service: 'orders', kind: 2 }),
      step('publish', { service: 'orders', kind: 4, parentSpanId: 'POST /orders', about: kafka }),
      step('process', {
        service: 'mail',
        kind: 5,
        traceId: 'u',
        about: kafka,
        links: [{ traceId: 't', spanId: 'publish', attributes: [] }],
      }),
      step('without a queue', { service: 'mail', kind: 5, traceId: 'v', links: [{ traceId: 't', spanId: 'publish', attributes: [] }] }),
    ]);
    expect(lines(sequence)).toEqual([
      'outside -> orders: POST /orders',
      'orders ->> kafka orders: publish',
      'kafka orders ->> mail: process',
      'orders ->> mail: without a queue',
    ]);
    expect(sequence.messages.map(({ parent }) => parent)).toEqual([-1, 0, 1, 1]);
  });

  it('tells instances apart, marks errors, and counts attempts', () => {
    const at = (id: string) => [
      { key: 'service.name', value: { stringValue: 'payments' } },
      { key: 'service.instance.id', value: { stringValue: id } },
    ];
    const charge = (id: string, start: string, end: string, instance: string, failed: boolean) =>
      step(id, {
        name: 'charge',
        kind: 2,
        parentSpanId: 'root',
        startTimeUnixNano: start,
        endTimeUnixNano: end,
        resource: { attributes: at(instance) },
        ...(failed ? { status: { code: 2 } } : {}),
      });
    const { participants, messages } = buildSequence([
      step('root', { service: 'orders', kind: 2 }),
      charge('a', '10', '20', 'one', true),
      charge('b', '30', '40', 'two', false),
    ]);
    expect(participants.filter(({ name }) => name === 'payments').map(({ instance }) => instance)).toEqual(['one', 'two']);
    expect(messages.map(({ isError, attempt }) => [isError, attempt])).toEqual([
      [false, 1],
      [true, 1],
      [false, 2],
    ]);
  });

  it('has a message that is delivered again and again as one look, so that it folds, whichever attempt each is', () => {
    const delivery = (place: number, failed: boolean): FlowItem =>
      step(`process ${place}`, {
        name: 'process',
        service: 'notify',
        kind: 5,
        traceId: `delivery ${place}`,
        startTimeUnixNano: String(1_000 + place * 100),
        endTimeUnixNano: String(1_050 + place * 100),
        links: [{ traceId: 't', spanId: 'publish', attributes: [] }],
        about: kafka,
        ...(failed ? { status: { code: 2 } } : {}),
      });
    const { messages } = buildSequence([
      step('publish', { service: 'orders', kind: 4, about: kafka }),
      ...Array.from({ length: 40 }, (_, place) => delivery(place, true)),
      delivery(40, false),
    ]);
    expect(messages.at(-1)?.attempt).toBe(41);
    const nodes = foldSequence(messages.map((message) => ({ signature: signatureOf(message), parent: message.parent })));
    expect(sequenceRows(nodes, new Set()).map(({ message, turns }) => [message, turns])).toEqual([
      [0, 1],
      [1, 40],
      [41, 1],
    ]);
  });

  it('has each span in one message, in the order of the items, causes first, and each record with its span', () => {
    const drafts = fc.array(
      fc.record({
        parent: fc.nat(12),
        kind: fc.integer({ min: 0, max: 5 }),
        service: fc.constantFrom('a', 'b', 'c'),
        links: fc.boolean(),
        logs: fc.nat(2),
      }),
      {
        maxLength: 14,
      },
    );
    fc.assert(
      fc.property(drafts, (list) => {
        const spans = list.map(({ parent, kind, service, links }, index) => {
          const cause = index === 0 ? undefined : `s${parent % index}`;
          const from =
            cause === undefined ? {} : links ? { links: [{ traceId: 't', spanId: cause, attributes: [] }] } : { parentSpanId: cause };
          return span({ spanId: `s${index}`, service, kind, ...from });
        });
        const logs = list.flatMap((draft, index) =>
          Array.from({ length: draft.logs }, (_, log) => logRecord({ id: `${index} ${log}`, traceId: 't', spanId: `s${index}` })),
        );
        const items = causalOrder(spans, logs);
        const { messages, messageOf, participants } = buildSequence(items);
        expect(messages.flatMap((message) => message.spans).toSorted((a, b) => a - b)).toEqual(
          items.flatMap(({ type }, index) => (type === 'span' ? [index] : [])),
        );
        expect(messages.flatMap((message) => message.logs)).toHaveLength(logs.length);
        messages.forEach((message, place) => {
          expect(message.parent).toBeLessThan(place);
          expect(participants[message.from]).toBeDefined();
          expect(participants[message.to]).toBeDefined();
          expect(message.spans[0]).toBeGreaterThan(messages[place - 1]?.spans[0] ?? -1);
          for (const item of [...message.spans, ...message.logs]) expect(messageOf[item]).toBe(place);
        });
        const nodes = foldSequence(messages.map((message) => ({ signature: signatureOf(message), parent: message.parent })));
        expect(
          sequenceRows(nodes, new Set(messages.keys()))
            .filter(({ isHead }) => !isHead)
            .map(({ message }) => message),
        ).toEqual([...messages.keys()]);
      }),
    );
  });
});
