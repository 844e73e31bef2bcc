import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causalDepths, causalOrder, type FlowItem } from './causal-order.ts';
import { logRecord, span } from './record-fixtures.ts';

const idOf = (item: FlowItem) => (item.type === 'span' ? item.span.spanId : item.log.id);

describe('causalOrder', () => {
  it('keeps the spans’ order where clocks disagree with it', () => {
    const spans = [span({ spanId: 'a', startTimeUnixNano: '100' }), span({ spanId: 'b', parentSpanId: 'a', startTimeUnixNano: '50' })];
    expect(causalOrder(spans, []).map(idOf)).toEqual(['a', 'b']);
  });

  it('puts a record behind its span and before the next span that starts after it', () => {
    const spans = [
      span({ spanId: 'a', startTimeUnixNano: '100' }),
      span({ spanId: 'b', startTimeUnixNano: '200' }),
      span({ spanId: 'c', startTimeUnixNano: '300' }),
    ];
    const logs = [
      logRecord({ id: 'late', traceId: 't', spanId: 'a', timeUnixNano: '250' }),
      logRecord({ id: 'early', traceId: 't', spanId: 'b', timeUnixNano: '10' }),
      logRecord({ id: 'free', timeUnixNano: '20' }),
    ];
    expect(causalOrder(spans, logs).map(idOf)).toEqual(['free', 'a', 'b', 'early', 'late', 'c']);
  });

  it('holds everything once, spans in their order, no record before its span', () => {
    const spanStarts = fc.array(fc.nat(20), { maxLength: 8 });
    const logDrafts = fc.array(fc.record({ span: fc.nat(10), at: fc.nat(20) }), { maxLength: 12 });
    fc.assert(
      fc.property(spanStarts, logDrafts, (starts, drafts) => {
        const spans = starts.map((start, index) => span({ spanId: `s${index}`, startTimeUnixNano: `${start + 1}` }));
        const logs = drafts.map((draft, index) =>
          logRecord({ id: `l${index}`, traceId: 't', spanId: `s${draft.span}`, timeUnixNano: `${draft.at + 1}` }),
        );
        const ids = causalOrder(spans, logs).map(idOf);
        expect(ids.toSorted()).toEqual([...spans.map(({ spanId }) => spanId), ...logs.map(({ id }) => id)].toSorted());
        expect(ids.filter((id) => id.startsWith('s'))).toEqual(spans.map(({ spanId }) => spanId));
        for (const log of logs) {
          const own = ids.indexOf(log.spanId ?? '');
          if (own !== -1) expect(ids.indexOf(log.id)).toBeGreaterThan(own);
        }
      }),
    );
  });
});

describe('causalDepths', () => {
  it('puts a child one further than its parent, a record than its span, a consumer than the producer it links to', () => {
    const items: FlowItem[] = [
      { type: 'span', span: span({ spanId: 'a' }) },
      { type: 'span', span: span({ spanId: 'b', parentSpanId: 'a' }) },
      { type: 'log', log: logRecord({ traceId: 't', spanId: 'b' }) },
      { type: 'span', span: span({ traceId: 'u', spanId: 'c', links: [{ traceId: 't', spanId: 'b', attributes: [] }] }) },
      { type: 'span', span: span({ spanId: 'd', parentSpanId: 'gone' }) },
      { type: 'log', log: logRecord({}) },
    ];
    expect(causalDepths(items)).toEqual([0, 1, 2, 2, 0, 0]);
  });
});
