import { describe, expect, it } from 'vitest';
import type { FlowItem } from '../../logic/causal-order.ts';
import { layoutFlow } from '../../logic/flow-lanes.ts';
import { span } from '../../logic/record-fixtures.ts';
import { drawFlowLanes } from './draw-flow-lanes.ts';

const AREA = { width: 400, height: 100, color: (value: string) => value, fontData: 'mono', fontText: 'sans' };
const END = 400_000;

/** One try of a call after another, each of them failed, in a flow of `END`. */
function tries(places: readonly (readonly [start: number, end: number])[]): FlowItem[] {
  const one = (id: string, name: string, [start, end]: readonly [number, number], parentSpanId?: string): FlowItem => ({
    type: 'span',
    span: span({
      spanId: id,
      name,
      service: 'shop',
      startTimeUnixNano: `${start}`,
      endTimeUnixNano: `${end}`,
      ...(parentSpanId !== undefined && { parentSpanId, status: { code: 2 } }),
    }),
  });
  return [one('root', 'job', [0, END]), ...places.map((place, at) => one(`try-${at}`, 'POST /charge', place, 'root'))];
}

/** The signs that are drawn, with where they begin. */
function signsOf(items: readonly FlowItem[], onLine: () => void = () => undefined): readonly (readonly [text: string, x: number])[] {
  const signs: [string, number][] = [];
  const fillText = (text: string, x: number) => void (text.startsWith('↻') && signs.push([text, x]));
  const others = ['fillRect', 'beginPath', 'moveTo', 'lineTo', 'setLineDash', 'stroke', 'fill', 'save', 'restore', 'arc'];
  const context = Object.fromEntries([...others, 'strokeRect', 'strokeText', 'closePath'].map((name) => [name, () => undefined]));
  drawFlowLanes(Object.assign(context, { fillText, bezierCurveTo: onLine }) as unknown as CanvasRenderingContext2D, {
    area: AREA,
    layout: layoutFlow(items),
    items,
    breaks: new Map(),
    current: -1,
    colorOf: () => 'hue',
  });
  return signs.toSorted(([, left], [, right]) => left - right);
}

describe('the lanes of a flow', () => {
  it('mark a further attempt in its bar, and beside one that is too narrow', () => {
    const signs = signsOf(
      tries([
        [1_000, 2_000],
        [50_000, 51_000],
        [100_000, 200_000],
      ]),
    );
    expect(signs.map(([text]) => text)).toEqual(['↻2', '↻3']);
    const [beside = ['', 0], inside = ['', 0]] = signs;
    expect(beside[1]).toBeGreaterThan(51);
    expect(beside[1]).toBeLessThan(56);
    expect(inside[1]).toBeGreaterThan(98);
    expect(inside[1]).toBeLessThan(102);
  });

  it('have no sign over another one or beyond the edge: of attempts in one place the last is told', () => {
    const signs = signsOf(
      tries([
        [390_000, 391_000],
        [392_000, 393_000],
        [394_000, 395_000],
        [398_000, 399_000],
      ]),
    );
    expect(signs.map(([text]) => text)).toEqual(['↻4']);
    expect(signs[0]?.[1]).toBeLessThanOrEqual(AREA.width - 16);
  });

  it('have room for the number of each sign: of a message that is tried for ever it has four digits', () => {
    const signs = signsOf(tries(Array.from({ length: 1_300 }, (_, at) => [at * 300 + 1_000, at * 300 + 1_100] as const)));
    expect(signs.at(-1)?.[0]).toBe('↻1300');
    for (const [place, [text, x]] of signs.entries()) expect(x + 6 * text.length).toBeLessThanOrEqual(signs[place + 1]?.[1] ?? AREA.width);
  });

  it('draw one line to attempts in one place, and each where they are apart', () => {
    const linesTo = (places: readonly number[]) => {
      let lines = 0;
      const message = (id: string, kind: number, start: number): FlowItem => ({
        type: 'span',
        span: span({
          spanId: id,
          name: 'mail',
          kind,
          service: kind === 4 ? 'shop' : 'mailer',
          startTimeUnixNano: `${start}`,
          endTimeUnixNano: `${start + 100}`,
          ...(kind === 5 && { parentSpanId: 'sent', status: { code: 2 } }),
        }),
      });
      const items = [message('sent', 4, 0), ...places.map((start) => message(`taken-${start}`, 5, start)), message('taken-last', 5, END)];
      signsOf(items, () => {
        lines += 1;
      });
      return lines;
    };
    expect(linesTo([100_000, 200_000, 300_000])).toBe(4);
    expect(linesTo(Array.from({ length: 500 }, (_, at) => 1_000 + at * 700))).toBeLessThanOrEqual(8);
  });
});
