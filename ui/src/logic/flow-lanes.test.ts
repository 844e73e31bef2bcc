import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowItem } from './causal-order.ts';
import { layoutFlow, MAX_LANE_ROWS } from './flow-lanes.ts';
import { logRecord, span } from './record-fixtures.ts';

const item = (service: string, start: number, end: number): FlowItem => ({
  type: 'span',
  span: span({ service, startTimeUnixNano: `${start}`, endTimeUnixNano: `${end}` }),
});

describe('layoutFlow', () => {
  it('has a lane for each service, in the order in which they join', () => {
    const layout = layoutFlow([item('gateway', 10, 90), item('orders', 20, 80), item('gateway', 30, 40)]);
    expect(layout.lanes).toEqual([
      { service: 'gateway', instance: '', rowCount: 2 },
      { service: 'orders', instance: '', rowCount: 1 },
    ]);
    expect(layout.durationNanos).toBe(80);
  });

  it('places a record at its time, without taking a row from the spans', () => {
    const layout = layoutFlow([item('a', 10, 90), { type: 'log', log: logRecord({ service: 'a', timeUnixNano: '60' }) }]);
    expect(layout.lanes).toEqual([{ service: 'a', instance: '', rowCount: 1 }]);
    expect(layout.marks.find((mark) => mark.isLog)).toMatchObject({ start: 50, duration: 0, row: 0 });
  });

  it('has a lane for each instance, and knows attempts and what was handed on', () => {
    const on = (id: string, fields: Partial<Parameters<typeof span>[0]>): FlowItem => ({
      type: 'span',
      span: span({
        ...fields,
        spanId: id,
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'a' } },
            { key: 'host.name', value: { stringValue: fields.kind === 5 ? 'two' : 'one' } },
          ],
        },
      }),
    });
    const layout = layoutFlow([
      on('send', { kind: 4, startTimeUnixNano: '10', endTimeUnixNano: '11' }),
      on('process', { kind: 5, parentSpanId: 'send', startTimeUnixNano: '20', endTimeUnixNano: '30' }),
      on('again', { kind: 5, name: 'operation', parentSpanId: 'send', startTimeUnixNano: '40', endTimeUnixNano: '50' }),
      on('linked', {
        traceId: 'u',
        links: [{ traceId: 't', spanId: 'process', attributes: [] }],
        startTimeUnixNano: '60',
        endTimeUnixNano: '70',
      }),
    ]);
    expect(layout.lanes.map(({ instance }) => instance)).toEqual(['one', 'two']);
    expect(layout.handovers).toEqual([
      { from: 0, to: 1 },
      { from: 0, to: 2 },
      { from: 1, to: 3 },
    ]);
    expect(layout.marks.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 1]);
  });

  it('has nothing for nothing', () => {
    expect(layoutFlow([])).toMatchObject({ lanes: [], marks: [], durationNanos: 0 });
  });

  it('never lets two spans of one row overlap while there are rows left', () => {
    const spans = fc.array(fc.record({ service: fc.constantFrom('a', 'b'), start: fc.nat(100), length: fc.nat(40) }), { maxLength: 20 });
    fc.assert(
      fc.property(spans, (drafts) => {
        const layout = layoutFlow(drafts.map(({ service, start, length }) => item(service, start + 1, start + 1 + length)));
        expect(layout.marks).toHaveLength(drafts.length);
        for (const one of layout.marks) {
          expect(one.row).toBeLessThan(layout.lanes[one.lane]?.rowCount ?? 0);
          for (const other of layout.marks) {
            if (one.item >= other.item || one.lane !== other.lane || one.row !== other.row || one.row === MAX_LANE_ROWS - 1) continue;
            expect(one.start + one.duration <= other.start || other.start + other.duration <= one.start).toBe(true);
          }
        }
      }),
    );
  });
});
