import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutMap, type MapDrawing, type Rectangle } from './map-layout.ts';
import { drawLine, drawLines, lineEnds, overlaps, placeMoreTexts, placeTexts } from './map-lines.ts';
import { nearestPlace } from './map-moves.ts';

const drawing = (boxCount: number, lines: readonly (readonly [number, number])[], frameOf: readonly number[] = []): MapDrawing => ({
  boxCount,
  frameOf: Array.from({ length: boxCount }, (_, box) => frameOf[box] ?? -1),
  frameCount: frameOf.reduce((most, frame) => Math.max(most, frame + 1), 0),
  from: lines.map(([from]) => from),
  to: lines.map(([, to]) => to),
});
const contains = (outer: Rectangle, inner: Rectangle): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const boxAt = (x: number, y: number): Rectangle => ({ x, y, width: 100, height: 40 });

describe('layoutMap', () => {
  it('says how far down lines join things, above what nothing joins', () => {
    const { boxes, joinedHeight } = layoutMap(drawing(12, [[0, 1]]));
    expect(joinedHeight).toBe(layoutMap(drawing(2, [[0, 1]])).joinedHeight);
    expect(boxes.slice(2).every(({ y }) => y > joinedHeight)).toBe(true);
    expect(layoutMap(drawing(3, [])).joinedHeight).toBe(0);
  });

  it('leads from left to right, and round what stands between', () => {
    const { boxes, routes } = layoutMap(
      drawing(3, [
        [0, 1],
        [1, 2],
        [0, 2],
      ]),
    );
    expect(boxes.map(({ x }) => x)).toEqual(boxes.map(({ x }) => x).toSorted((left, right) => left - right));
    expect(routes.map(({ length }) => length)).toEqual([0, 0, 2]);
    const [through] = routes[2] ?? [];
    expect(boxes.some((box) => overlaps(box, { ...(through ?? { x: 0, y: 0 }), width: 1, height: 1 }))).toBe(false);
  });

  it('puts what is joined to nothing below, in rows', () => {
    const { boxes } = layoutMap(drawing(30, [[0, 1]]));
    const joined = Math.max(boxes[0]?.y ?? 0, boxes[1]?.y ?? 0);
    expect(boxes.slice(2).every(({ y }) => y > joined)).toBe(true);
    expect(new Set(boxes.slice(2).map(({ x }) => x)).size).toBeGreaterThan(3);
  });

  it('gives few boxes of a column more room between them than many, for what their lines say', () => {
    const gapOf = (called: number): number => {
      const { boxes } = layoutMap(
        drawing(
          called + 1,
          Array.from({ length: called }, (_, box) => [0, box + 1] as const),
        ),
      );
      const column = boxes.slice(1).toSorted((left, right) => left.y - right.y);
      const [first, second] = column;
      return (second?.y ?? 0) - (first?.y ?? 0) - (first?.height ?? 0);
    };
    expect([2, 3, 5, 30].map(gapOf)).toEqual([80, 80, 27, 20]);
  });

  it('makes a few columns of a long circle', () => {
    const { boxes } = layoutMap(
      drawing(
        40,
        Array.from({ length: 40 }, (_, box) => [box, (box + 1) % 40] as const),
      ),
    );
    expect(new Set(boxes.map(({ x }) => x)).size).toBeLessThanOrEqual(8);
  });

  it('lays nothing over anything else, keeps all inside, and what is of a frame in it, and is the same each time', () => {
    const lines = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 40 });
    const frames = fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(lines, frames, (pairs, frameOf) => {
        const asked = { ...drawing(12, pairs, frameOf), frameCount: 3 };
        const { boxes, frames: placed, width, height } = layoutMap(asked);
        expect(layoutMap(asked).boxes).toEqual(boxes);
        const whole = { x: 0, y: 0, width, height };
        for (const [at, box] of boxes.entries()) {
          expect(contains(whole, box)).toBe(true);
          for (const other of boxes.slice(0, at)) expect(overlaps(box, other)).toBe(false);
          for (const [frame, place] of placed.entries()) {
            if (frameOf[at] === frame) expect(contains(place, box)).toBe(true);
            else expect(overlaps(place, box)).toBe(false);
          }
        }
        for (const [at, frame] of placed.entries()) for (const other of placed.slice(0, at)) expect(overlaps(frame, other)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lines of a map', () => {
  it('end at the side of a box that they come from', () => {
    const [left, right] = [boxAt(0, 0), boxAt(300, 0)];
    const forward = drawLine({ from: left, to: right, route: [], shift: 5 });
    expect(forward.path).toMatch(/^M100 20C.* 300 25$/);
    expect(forward.text).toMatchObject({ anchor: 'end' });
    const back = drawLine({ from: right, to: left, route: [], shift: 0 });
    expect(back.path).toMatch(/^M300 20C.* 100 20$/);
    expect(back.text).toMatchObject({ anchor: 'start' });
    expect(drawLine({ from: left, to: boxAt(0, 100), route: [], shift: 0 }).path).toMatch(/^M100 20C160 .* 100 120$/);
  });

  it('end under each other in the order in which they come from, the heaviest with their texts', () => {
    const boxes = [boxAt(0, 0), boxAt(0, 100), boxAt(0, 200), boxAt(0, 300), boxAt(300, 100)];
    const ends = lineEnds(
      [
        { from: 2, to: 4, weight: 0.9 },
        { from: 0, to: 4, weight: 0.5 },
        { from: 1, to: 4, weight: 0.1 },
        { from: 3, to: 4, weight: 0.6 },
      ],
      boxes,
    );
    expect([1, 2, 0, 3].map((line) => ends[line]?.shift)).toEqual([-15, -5, 5, 15]);
    expect(ends[2]?.hasText).toBe(false);
    expect(ends.filter(({ hasText }) => hasText).length).toBeGreaterThan(0);
  });
});

/** What a queue or a topic is to services: some send to it, some take from it, some both; and calls back. */
const CHAIN = [...Array.from({ length: 12 }, (_, box) => [box, box + 1] as const), [4, 3], [9, 7], [12, 0], [6, 1], [2, 12]] as const;

/** Boxes that lines go through without ending there, as `line: box`. */
function crossedBoxes(asked: MapDrawing): string[] {
  const layout = layoutMap(asked);
  const lines = asked.from.map((from, line) => ({ from, to: asked.to[line] ?? -1, weight: 1 }));
  return drawLines(lines, layout).flatMap((drawn, line) =>
    layout.boxes.flatMap((box, place) => {
      if (place === asked.from[line] || place === asked.to[line]) return [];
      return drawn?.points.some(({ x, y }) => overlaps(box, { x, y, width: 0.01, height: 0.01 })) ? [`${line}: ${place}`] : [];
    }),
  );
}

describe('lines of a map that is drawn', () => {
  it('go through no box but their ends, in long chains with ways back too', () => {
    expect(crossedBoxes(drawing(13, CHAIN))).toEqual([]);
    // From the last of a row back to the first, over the one between.
    const back = drawing(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    expect(crossedBoxes(back)).toEqual([]);
    expect(layoutMap(back).routes.map(({ length }) => length)).toEqual([0, 0, 2]);
  });

  it('go through no box but their ends, whatever is joined, in frames and with too many lines for a lane each', () => {
    const pairs = (most: number, maxLength: number) =>
      fc.array(fc.tuple(fc.nat(most), fc.nat(most)), { maxLength }).map((all) => all.filter(([from, to]) => from !== to));
    const frames = fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(pairs(15, 40), frames, (lines, frameOf) => {
        expect(crossedBoxes({ ...drawing(16, lines, frameOf), frameCount: 3 })).toEqual([]);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(pairs(59, 400), (lines) => {
        expect(crossedBoxes(drawing(60, lines))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('of a service and a queue that it sends to and takes from are beside each other, each with its text', () => {
    const layout = layoutMap(
      drawing(2, [
        [0, 1],
        [1, 0],
      ]),
    );
    const lines = drawLines(
      [
        { from: 0, to: 1, weight: 1 },
        { from: 1, to: 0, weight: 1 },
      ],
      layout,
    );
    const [sent, taken] = lines;
    const [service, queue] = layout.boxes;
    for (const { y } of sent?.points ?? []) expect(y).toBeCloseTo((service?.y ?? 0) + 31 - 13, 6);
    for (const { y } of taken?.points ?? []) expect(y).toBeCloseTo((queue?.y ?? 0) + 31 + 13, 6);
    const places = placeTexts(lines, { ...layout, widths: [100, 100] });
    // Each beside its own line's end: before the queue, and behind the service.
    expect(places.map((place) => place?.x)).toEqual([(queue?.x ?? 0) - 14, (service?.x ?? 0) + (service?.width ?? 0) + 14 + 100]);
  });

  it('all have their texts where there is room, over no box and no other text', () => {
    const layout = layoutMap(drawing(13, CHAIN));
    const lines = drawLines(
      CHAIN.map(([from, to]) => ({ from, to, weight: 1 })),
      layout,
    );
    const texts = placeTexts(lines, { ...layout, widths: CHAIN.map(() => 100) }).map(
      (place) => place && { x: place.x - 100, y: place.y - 25, width: 100, height: 28 },
    );
    for (const [at, text] of texts.entries()) {
      expect(text, `of ${CHAIN[at]?.join(' to ')}`).toBeDefined();
      for (const other of [...layout.boxes, ...texts.slice(0, at)]) expect(text && other && overlaps(text, other)).toBe(false);
    }
  });
});

describe('placeMoreTexts', () => {
  it('gives the lines of one box that have no text theirs, beside those that have, which stay', () => {
    const callers = Array.from({ length: 12 }, (_, box) => [box, 12] as const);
    const layout = layoutMap(drawing(13, callers));
    const lines = drawLines(
      callers.map(([from, to]) => ({ from, to, weight: 1 / (from + 1) })),
      layout,
    );
    const widths = lines.map(() => 100);
    const few = placeTexts(lines, { ...layout, widths: lines.map((line) => (line?.hasText ? 100 : undefined)) });
    expect(few.filter((place) => place !== undefined)).toHaveLength(3);
    const all = placeMoreTexts(lines, few, { ...layout, widths });
    for (const [at, place] of few.entries()) if (place) expect(all[at]).toBe(place);
    const texts = all.map((place) => ({ x: (place?.x ?? 0) - 100, y: (place?.y ?? 0) - 25, width: 100, height: 28 }));
    expect(all).not.toContain(undefined);
    for (const [at, text] of texts.entries())
      for (const other of [...layout.boxes, ...texts.slice(0, at)]) expect(overlaps(text, other)).toBe(false);
  });
});

describe('keys on a map', () => {
  const places = [boxAt(0, 0), boxAt(200, 0), boxAt(200, 100), boxAt(400, 300)];

  it('lead to the nearest in their direction, and nowhere where nothing is', () => {
    expect(nearestPlace(places, 0, 'ArrowRight')).toBe(1);
    expect(nearestPlace(places, 1, 'ArrowDown')).toBe(2);
    expect(nearestPlace(places, 2, 'ArrowUp')).toBe(1);
    expect(nearestPlace(places, 3, 'ArrowLeft')).toBe(2);
    expect(nearestPlace(places, 0, 'ArrowLeft')).toBe(0);
    expect(nearestPlace([], 0, 'ArrowLeft')).toBe(0);
  });
});

describe('placeTexts', () => {
  const WIDE = { width: 1_000, height: 1_000 };
  const line = (from: Rectangle, to: Rectangle) => drawLine({ from, to, route: [], shift: 0 });
  const rectangleOf = (place: { readonly x: number; readonly y: number }, width: number): Rectangle => ({
    x: place.x - width,
    y: place.y - 25,
    width,
    height: 28,
  });

  it('puts a text where no other line, box or text is', () => {
    const boxes = [boxAt(0, 0), boxAt(500, 0), boxAt(0, 300), boxAt(500, -30 - 40)];
    const [own, crossing] = [line(boxAt(0, 0), boxAt(500, 0)), line(boxAt(0, 300), boxAt(500, -70))];
    const [place, other] = placeTexts([own, crossing], { widths: [100, 100], boxes, ...WIDE });
    const [first, second] = [rectangleOf(place ?? { x: 0, y: 0 }, 100), rectangleOf(other ?? { x: 0, y: 0 }, 100)];
    const isFree = (text: Rectangle, points: readonly { readonly x: number; readonly y: number }[]): boolean =>
      points.every(({ x, y }) => !overlaps(text, { x, y, width: 0.1, height: 0.1 }));
    expect(isFree(first, crossing.points)).toBe(true);
    expect(isFree(second, own.points)).toBe(true);
    expect(overlaps(first, second)).toBe(false);
    for (const box of boxes) expect([overlaps(first, box), overlaps(second, box)]).toEqual([false, false]);
  });

  it('leaves no text outside of the drawing, as of a line that goes along its top', () => {
    const [from, to] = [boxAt(0, 60), boxAt(700, 60)];
    const route = [
      { x: 200, y: 10 },
      { x: 600, y: 10 },
    ];
    const lines = [drawLine({ from, to, route, shift: 0 })];
    // What stands below its way leaves room above it alone, where the drawing ends.
    const boxes = [from, to, { x: 100, y: 14, width: 600, height: 90 }];
    expect(placeTexts(lines, { widths: [100], boxes, width: 800, height: 110 })).toEqual([undefined]);
    const [higher] = placeTexts([drawLine({ from, to, route: route.map(({ x }) => ({ x, y: 40 })), shift: 0 })], {
      ...{ widths: [100], boxes: [from, to, { x: 100, y: 44, width: 600, height: 60 }], width: 800, height: 110 },
    });
    expect(rectangleOf(higher ?? { x: 0, y: -1_000 }, 100).y).toBeGreaterThanOrEqual(0);
  });

  it('gives none where there is no room', () => {
    expect(
      placeTexts([line(boxAt(0, 0), boxAt(110, 0))], {
        widths: [100],
        boxes: [boxAt(0, 0), boxAt(110, 0)].map((box) => ({ ...box, y: -50, height: 200 })),
        ...WIDE,
      }),
    ).toEqual([undefined]);
  });
});
