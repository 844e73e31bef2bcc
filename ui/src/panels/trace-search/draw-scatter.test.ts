import type { TraceSummary } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { layoutScatter } from '../../logic/trace-scatter.ts';
import { drawScatter } from './draw-scatter.ts';

const CHARACTER = 6;
const AREA = { width: 300, height: 128, color: (value: string) => value, fontData: 'mono', fontText: 'sans' };
const RANGE = { fromMillis: 1_000_000, toMillis: 1_100_000 };

const trace = (atMillis: number, durationMillis: number): TraceSummary => ({
  traceId: String(atMillis),
  rootService: 'shop',
  rootOperation: 'GET /',
  rootSpanId: 's',
  rootStartTimeUnixNano: `${atMillis}000000`,
  rootDurationNano: `${durationMillis}000000`,
  startTimeUnixNano: `${atMillis}000000`,
  durationNano: `${durationMillis}000000`,
  spanCount: 1,
  errorCount: 0,
  services: [],
});

describe('the chart of traces', () => {
  it('writes its durations over all else, each on a ground that is as wide as it', () => {
    const drawn: { readonly call: string; readonly color: string; readonly at: readonly (number | string)[] }[] = [];
    const state = { fillStyle: '', strokeStyle: '', lineWidth: 1, font: '', textBaseline: '', globalAlpha: 1 };
    const note =
      (call: string) =>
      (...at: readonly (number | string)[]) =>
        void drawn.push({ call, color: state.fillStyle, at });
    const calls = {
      fillText: note('fillText'),
      fillRect: note('fillRect'),
      arc: note('arc'),
      measureText: (text: string) => ({ width: text.length * CHARACTER }),
      ...Object.fromEntries(
        ['beginPath', 'moveTo', 'lineTo', 'stroke', 'fill', 'save', 'restore', 'rect', 'clip'].map((name) => [name, () => undefined]),
      ),
    };
    const traces = [trace(1_090_000, 10), trace(1_080_000, 10_000)];
    const bands = [{ fromMillis: 1_000_000, toMillis: 1_070_000, count: 9, p50: 5e6, p99: 5e9, longest: 9e9 }];
    const layout = layoutScatter(traces, {
      range: RANGE,
      width: AREA.width,
      height: AREA.height,
      order: 'newest',
      hasMore: true,
      rootDurations: bands,
    });
    drawScatter(Object.assign(state, calls) as unknown as CanvasRenderingContext2D, {
      area: AREA,
      layout,
      traces,
      current: -1,
      colorOf: () => 'shop',
    });
    const labels = drawn.slice(drawn.findLastIndex(({ call }) => call === 'arc') + 1);
    const written = labels.filter(({ call }) => call === 'fillText');
    expect(written.map(({ at: [text] }) => text)).toContain('100 ms');
    expect(drawn.filter(({ call }) => call === 'fillText')).toHaveLength(written.length);
    for (const { at } of written) {
      const [text = '', x = 0, y = 0] = at;
      const ground = labels[labels.findIndex((one) => one.at === at) - 1];
      expect(ground).toMatchObject({ call: 'fillRect', color: 'var(--ground)' });
      const [left = 0, top = 0, width = 0] = ground?.at ?? [];
      expect(Number(left) + Number(width)).toBeGreaterThan(Number(x) + String(text).length * CHARACTER);
      expect(Number(top)).toBeLessThanOrEqual(Number(y));
    }
  });
});
