import type { LogRecord, Span, UnfinishedSpan } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { LEVELS } from './level.ts';
import { spanKeyIn, spanOfKey, storeOfRecords } from './shared-trace.ts';
import { linksOf } from './span-links.ts';
import { hexOf, namesOf, storeOf } from './trace-fixtures.ts';
import { buildTraceTree, nameOf, nodeOfSpan, serviceNameOf } from './trace-tree.ts';

const START = 1_790_000_000_000_000_000n;

function span(id: string, from: number, to: number, more: Partial<Span> = {}): Span {
  return {
    id: `id of ${id}`,
    traceId: 'a'.repeat(32),
    spanId: hexOf(id),
    name: `call ${id}`,
    kind: 3,
    startTimeUnixNano: String(START + BigInt(from)),
    endTimeUnixNano: String(START + BigInt(to)),
    arrivalTimeUnixNano: '0',
    attributes: [],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: `service of ${id}` } }] },
    scope: { name: '', attributes: [] },
    ...more,
  };
}

function log(id: string, at: number, spanId: string): LogRecord {
  return {
    id,
    timeUnixNano: String(START + BigInt(at)),
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: '0',
    severityNumber: 17,
    body: { stringValue: 'declined' },
    spanId: hexOf(spanId),
    traceId: 'a'.repeat(32),
    attributes: [],
    resource: { attributes: [] },
    scope: { name: '', attributes: [] },
  };
}

const unfinished: UnfinishedSpan = {
  traceId: 'a'.repeat(32),
  spanId: hexOf('u'),
  parentSpanId: hexOf('b'),
  name: 'waits',
  kind: 1,
  service: 'orders',
  startTimeUnixNano: String(START + 40n),
};

describe('storeOfRecords', () => {
  const records = {
    traceId: 'a'.repeat(32),
    spans: [
      span('b', 20, 60, { parentSpanId: hexOf('a'), links: [{ traceId: 'b'.repeat(32), spanId: hexOf('far'), attributes: [] }] }),
      span('a', 0, 100, { events: [{ timeUnixNano: String(START + 7n), name: 'exception', attributes: [] }] }),
      span('lost', 30, 20, { parentSpanId: hexOf('gone'), status: { code: 2 } }),
    ],
    logs: [log('later', 50, 'b'), log('sooner', 45, 'b')],
    unfinished: [unfinished],
  };
  const tree = buildTraceTree(storeOfRecords(records), { isComplete: true });

  it('is the tree of the trace, whatever order its records are in, with what is missing and what has not ended', () => {
    expect(namesOf(tree)).toEqual(['a', '.b', '..u', '..sooner', '..later', '?gone', '.lost']);
    expect([tree.missingCount, tree.unfinishedCount, tree.durationNanos, tree.startNanos]).toEqual([1, 1, 100, START]);
  });

  it('has names, services, times, states, events and levels as they were', () => {
    const b = nodeOfSpan(tree, hexOf('b'));
    const error = LEVELS.indexOf('ERROR');
    const lost = nodeOfSpan(tree, hexOf('lost'));
    expect([nameOf(tree, b), serviceNameOf(tree, b), tree.start[b], tree.duration[b], tree.kind[b]]).toEqual([
      'call b',
      'service of b',
      20,
      40,
      3,
    ]);
    expect([tree.status[lost], tree.duration[lost]]).toEqual([2, 0]);
    expect([linksOf(tree, b), linksOf(tree, lost)]).toEqual([
      { to: 1, from: 0 },
      { to: 0, from: 0 },
    ]);
    expect(tree.events).toEqual({ spans: [0], times: Float64Array.of(7), names: ['exception'] });
    expect([tree.logs.ids, tree.logs.levels, tree.logs.bodies[0]]).toEqual([
      ['sooner', 'later'],
      [error, error],
      { stringValue: 'declined' },
    ]);
  });

  it('names each of several spans of one id as the tree does', () => {
    const twins = [
      span('t', 50, 60, { id: 'second' }),
      span('t', 10, 20, { id: 'first' }),
      span('t', 30, 40, { traceId: 'b'.repeat(32), id: 'of another' }),
    ];
    const ofTrace = twins.filter(({ traceId }) => traceId === records.traceId);
    const both = buildTraceTree(storeOfRecords({ ...records, spans: ofTrace }), { isComplete: true });
    for (const twin of ofTrace) {
      const key = spanKeyIn(twins, twin);
      expect(spanOfKey(twins, { traceId: twin.traceId, key })).toBe(twin);
      expect(both.start[nodeOfSpan(both, key)]).toBe(twin.id === 'second' ? 40 : 0);
    }
    expect(spanOfKey(twins, { traceId: records.traceId, key: `${hexOf('t')}-3` })).toBeUndefined();
  });

  it('is empty where nothing is', () => {
    const nothing = storeOfRecords({ traceId: '', spans: [], logs: [], unfinished: [] });
    expect(buildTraceTree(nothing, { isComplete: true }).size).toBe(0);
    expect(nothing.spans.count).toBe(storeOf({}).spans.count);
  });
});
