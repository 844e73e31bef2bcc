import { describe, expect, it } from 'vitest';
import { hexOf, storeOf, type TraceDraft } from '../../logic/trace-fixtures.ts';
import { takeSnapshot } from '../../logic/trace-snapshot.ts';
import { nodeOfSpan } from '../../logic/trace-tree.ts';
import { english } from '../../messages/english.ts';
import { createTranslate } from '../../messages/translate.tsx';
import { drawNames } from './draw-names.ts';
import { drawRowGrounds } from './draw-row-grounds.ts';
import { createNamesPen } from './names-pen.ts';
import { createRowNames } from './row-name.ts';

const CHARACTER = 6;
const ROW = 24;

/** What is drawn of a trace's rows, in a column 400 pixels wide of rows of 1,000, by letters that are all of one width. */
function drawn(draft: TraceDraft, { folded = [], repeats = [], found = [], ...options }: DrawOptions = {}) {
  const snapshot = takeSnapshot(storeOf(draft), { isComplete: true });
  const isOf = (ids: readonly string[]) => (node: number) => ids.some((id) => nodeOfSpan(snapshot.tree, hexOf(id)) === node);
  const context = recorder();
  const area = { width: options.width ?? 400, height: 240, color: (value: string) => value, fontData: 'mono', fontText: 'sans' };
  const nameOf = createRowNames({
    snapshot,
    topDepth: 0,
    isFolded: isOf(folded),
    canFold: (node) => (snapshot.tree.subtreeEnd[node] ?? 0) > node + 1,
    isRepeat: isOf(repeats),
    isFound: isOf(found),
    colorOf: (service) => `colour of ${service}`,
    t: createTranslate('en', { messages: english }),
    format: { number: (value) => value.toLocaleString('en') },
  });
  const rows = Int32Array.from({ length: snapshot.tree.size }, (_, node) => node);
  const first = options.first ?? 0;
  const view = { first, count: rows.length - first + (options.waiting ?? 0), top: options.top ?? 0, height: 240 };
  drawNames(context.context, {
    area,
    pen: createNamesPen(area, context.context),
    rows,
    view,
    rowHeight: ROW,
    rowWidth: 1_000,
    nameOf,
    hasServices: options.hasServices ?? true,
    notLoaded: 'on its way',
  });
  return context;
}

interface DrawOptions {
  readonly folded?: readonly string[];
  readonly repeats?: readonly string[];
  readonly found?: readonly string[];
  readonly width?: number;
  readonly top?: number;
  readonly waiting?: number;
  readonly first?: number;
  readonly hasServices?: boolean;
}

/** Each of them called the next one. */
function chainOf(length: number): NonNullable<TraceDraft['spans']> {
  return Array.from({ length }, (_, index) => ({
    id: `s${index}`,
    parent: index === 0 ? undefined : `s${index - 1}`,
    start: index,
  }));
}

interface Written {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly font: string;
  readonly color: string;
}

/** As much of a canvas as is drawn with. */
function recorder() {
  const written: Written[] = [];
  const boxes: { readonly color: string; readonly x: number; readonly y: number; readonly width: number }[] = [];
  let box = { x: 0, y: 0, width: 0 };
  const state = { font: '', fillStyle: '', strokeStyle: '', lineWidth: 1, textBaseline: '' };
  const calls = {
    fillText: (text: string, x: number, y: number) => written.push({ text, x, y, font: state.font, color: state.fillStyle }),
    measureText: (text: string) => ({ width: text.length * CHARACTER, fontBoundingBoxAscent: 10.2, fontBoundingBoxDescent: 3.1 }),
    fillRect: (x: number, y: number, width: number) => boxes.push({ color: state.fillStyle, x, y, width }),
    beginPath: () => undefined,
    roundRect: (x: number, y: number, width: number) => {
      box = { x, y, width };
    },
    fill: () => boxes.push({ color: state.fillStyle, ...box }),
    stroke: () => boxes.push({ color: state.strokeStyle, ...box }),
  };
  const context = Object.assign(state, calls) as unknown as CanvasRenderingContext2D;
  return { context, written, boxes, texts: () => written.toSorted((left, right) => left.y - right.y || left.x - right.x) };
}

describe('names that are drawn', () => {
  it('stand one below the other at their depth: the mark of what can be folded, the service’s colour and name, the operation', () => {
    const { texts, boxes } = drawn({
      spans: [
        { id: 'a', name: 'GET /', service: 'shop' },
        { id: 'b', parent: 'a', name: 'pay', service: 'till', start: 1 },
      ],
    });
    expect(texts()).toEqual([
      { text: '▾', x: 9, y: 15, font: '12px sans', color: 'var(--muted)' },
      // 20 pixels, the space behind the mark, the swatch.
      { text: 'shop', x: 40, y: 15, font: '12px sans', color: 'var(--muted)' },
      { text: 'GET /', x: 73, y: 15, font: '12px sans', color: 'var(--text)' },
      { text: 'till', x: 46, y: 39, font: '12px sans', color: 'var(--muted)' },
      { text: 'pay', x: 79, y: 39, font: '12px sans', color: 'var(--text)' },
    ]);
    expect(boxes).toEqual([
      { color: 'colour of shop', x: 26, y: 8, width: 8 },
      { color: 'colour of till', x: 32, y: 32, width: 8 },
    ]);
  });

  it('say behind the operation what it calls, as far as there is room, and of calls that are many what they have in common', () => {
    const spans = [
      { id: 'a', name: 'POST', service: 'shop', target: 'bank/charge' },
      { id: 'b', name: 'POST', service: 'shop', start: 1 },
      { id: 'c', name: 'POST', service: 'shop', target: 'bank/pay', start: 2 },
    ];
    const ofColumn = (width: number) => drawn({ spans }, { width, repeats: ['c'] }).texts();
    const label = { text: 'POST', x: 67, y: 15, font: '12px sans', color: 'var(--text)' };
    expect(ofColumn(400).filter(({ y }) => y === 15)).toEqual([
      expect.objectContaining({ text: 'shop' }),
      label,
      // The space before it and its margin.
      { text: 'bank/charge', x: 100, y: 15, font: '12px sans', color: 'var(--muted)' },
    ]);
    expect(ofColumn(150).filter(({ y }) => y === 15)).toContainEqual(expect.objectContaining({ text: 'bank/c…', x: 100 }));
    expect(
      ofColumn(400)
        .filter(({ y }) => y > 15)
        .map(({ text }) => text),
    ).toEqual(['shop', 'POST', 'shop', 'POST', 'bank', '×0']);
  });

  it('say at the right edge that a span links to others and others to it, and to how many', () => {
    const link = { traceId: 'b'.repeat(32), spanId: hexOf('far') };
    const { texts } = drawn({
      spans: [
        { id: 'a', links: [link] },
        { id: 'b', parent: 'a', start: 1, links: [link, link] },
      ],
      linkedFrom: { b: 3 },
    });
    const marks = texts().filter(({ text }) => /^[↗↙]/.test(text));
    expect(marks.map(({ text, x, y }) => [text, x + text.length * CHARACTER, y])).toEqual([
      ['↗', 392, 15],
      // The gap between the two is six wide.
      ['↙ 3', 368, 39],
      ['↗ 2', 392, 39],
    ]);
  });

  it('say of errors, of records and of what is missing what their rows say', () => {
    const { texts } = drawn({
      spans: [
        { id: 'a', name: 'GET /', service: 'shop', status: 2 },
        { id: 'b', parent: 'gone', name: 'pay', service: 'till', start: 1 },
      ],
      logs: [{ id: 'no stock', span: 'a', time: 1, level: 4 }],
    });
    expect(texts().filter(({ text }) => text === '✕')).toEqual([
      expect.objectContaining({ font: '600 12px sans', color: 'var(--level-error)' }),
      expect.objectContaining({ font: '12px sans', color: 'var(--level-error)' }),
    ]);
    expect(texts()).toContainEqual(expect.objectContaining({ text: 'no stock', font: '12px mono' }));
    expect(texts()).toContainEqual(
      expect.objectContaining({
        text: expect.stringMatching(/^\? span .* has not arrived$/),
        font: '600 12px sans',
        color: 'var(--level-warn)',
      }),
    );
  });

  it('count at the right edge what is folded, with its errors, and how often a call is repeated', () => {
    const spans = [
      { id: 'a', service: 's' },
      { id: 'b', parent: 'a', start: 1, service: 's' },
      { id: 'c', parent: 'b', start: 2, status: 2, service: 's' },
    ];
    const edge = 400 - 8;
    const folded = drawn({ spans }, { folded: ['b'] });
    expect(folded.texts()).toContainEqual(expect.objectContaining({ text: '+1', x: edge - 2 * CHARACTER, font: '11px sans' }));
    expect(folded.texts()).toContainEqual(expect.objectContaining({ text: '✕ 1', x: edge - 5 * CHARACTER - 6, font: '600 11px sans' }));
    const calls = Array.from({ length: 6 }, (_, index) => ({ id: `c${index}`, parent: 'a', name: 'call', start: index }));
    const repeated = drawn({ spans: [{ id: 'a' }, ...calls] }, { repeats: ['c0'], folded: ['c0'] });
    expect(repeated.texts()).toContainEqual(
      expect.objectContaining({ text: '×6', x: edge - 2 * CHARACTER - 5, color: 'var(--level-warn)' }),
    );
    expect(repeated.texts()).not.toContainEqual(expect.objectContaining({ text: '+0' }));
  });

  it('are cut with an ellipsis where the column ends, long services before that', () => {
    const { texts } = drawn({ spans: [{ id: 'a', name: 'operation'.repeat(20), service: 'a-service-with-a-long-name'.repeat(3) }] });
    const [service, label] = texts();
    expect(service?.text).toMatch(/^a-service.*…$/);
    expect((service?.text.length ?? 0) * CHARACTER).toBeLessThanOrEqual(400 * 0.45);
    expect(label?.text).toMatch(/^operation.*…$/);
    expect((label?.x ?? 0) + (label?.text.length ?? 0) * CHARACTER).toBeLessThanOrEqual(400 - 8);
  });

  it('stand no further right from the fifteenth level on: the depth is written before the mark of what can be folded', () => {
    const { texts } = drawn({ spans: chainOf(18) });
    expect(texts().filter(({ font }) => font === '10px sans')).toEqual(
      [15, 16, 17].map((depth) => expect.objectContaining({ text: String(depth), x: 140 - 16 - 2 - 2 * CHARACTER })),
    );
  });

  it.each([120, 10_010])('have a depth of any number of digits beside that mark, not below it (%i levels)', (levels) => {
    const { texts } = drawn({ spans: chainOf(levels) }, { first: levels - 10 });
    const depths = texts().filter(({ font }) => font === '10px sans');
    const marks = new Map(
      texts()
        .filter(({ text }) => text === '▾')
        .map(({ y, x }) => [Math.floor(y / ROW), x]),
    );
    expect(depths.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, index) => String(levels - 10 + index)));
    for (const { text, x, y } of depths.slice(0, -1)) {
      expect(x + text.length * CHARACTER).toBeLessThan(marks.get(Math.floor(y / ROW)) ?? 0);
      expect(x).toBeGreaterThan(0);
    }
  });

  it('leave services out where there is no room, underline what is found, and say what has not come', () => {
    const { texts, boxes } = drawn(
      { spans: [{ id: 'a', name: 'GET /', service: 'shop' }] },
      { hasServices: false, found: ['a'], waiting: 1, top: -5 },
    );
    expect(texts().map(({ text, y }) => [text, y])).toEqual([
      ['GET /', 10],
      ['on its way', 34],
    ]);
    expect(boxes).toContainEqual({ color: 'var(--accent)', x: 40, y: 14, width: 30 });
  });
});

describe('what is below drawn rows', () => {
  const area = { width: 400, height: 240, color: (value: string) => value, fontData: 'mono', fontText: 'sans' };
  const view = { first: 10, count: 12, top: -5, height: 240 };

  it('shows which row is open and which one the keys are on, with its mark', () => {
    const { context, boxes } = recorder();
    drawRowGrounds(context, { area, view, rowHeight: ROW, active: 11, selected: 10, hasEdge: true });
    expect(boxes).toEqual([
      { color: 'var(--hover)', x: 0, y: 19, width: 400 },
      { color: 'var(--selected)', x: 0, y: -5, width: 400 },
      { color: 'var(--accent)', x: 0, y: 19, width: 2 },
    ]);
  });

  it('is nothing where neither is in view', () => {
    const { context, boxes } = recorder();
    drawRowGrounds(context, { area, view, rowHeight: ROW, active: -1, selected: 30 });
    expect(boxes).toEqual([]);
  });
});
