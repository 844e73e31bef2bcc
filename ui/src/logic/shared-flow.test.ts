import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logRecord, span } from './record-fixtures.ts';
import { DEFAULT_PATTERNS } from './share-patterns.ts';
import { SHARE_PLACE } from './share-place.ts';
import { type FlowContents, prepareShare, readSharedFlow, shareFile } from './shared-flow.ts';

const flowOf = (fields: Partial<FlowContents>): FlowContents => ({
  summary: {
    correlationId: 'order-1',
    startTimeUnixNano: '1',
    durationNano: '2',
    spanCount: 1,
    logCount: 1,
    errorCount: 0,
    services: [],
    traces: [],
    missing: [],
    complete: true,
  },
  spans: [],
  logs: [],
  unfinished: [],
  drops: [],
  breaks: [],
  unseen: [],
  ...fields,
});

const options = (leftOut: readonly string[] = []) => ({
  rules: { patterns: DEFAULT_PATTERNS, names: [], texts: [], leftOut: new Set(leftOut) },
  nowMillis: 5,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  pause: () => Promise.resolve(),
});

describe('prepareShare', () => {
  it('gives back what was shared, without what is hidden', async () => {
    const spans = [
      span({
        attributes: [
          { key: 'db.password', value: { stringValue: 'hunter2' } },
          { key: 'n', value: { intValue: '1' } },
        ],
      }),
    ];
    const { pieces, counts, keys } = await prepareShare(flowOf({ spans, logs: [logRecord({ id: 'l' })] }), options(['n']));
    const shared = readSharedFlow(pieces.join(''));
    expect(shared).toMatchObject({
      sharedAtMillis: 5,
      hiddenCount: 1,
      leftOutCount: 1,
      summary: { correlationId: 'order-1' },
      logs: [{ id: 'l' }],
    });
    expect(shared?.spans[0]?.attributes).toEqual([{ key: 'db.password', value: { stringValue: 'REDACTED' } }]);
    expect(counts.leftOut).toBe(1);
    expect(keys).toContainEqual({ key: 'n', count: 1, example: '1' });
    expect(keys).toContainEqual({ key: 'db.password', count: 1, example: 'REDACTED' });
  });

  it('takes along which clocks are off, and says nothing where none is', async () => {
    const clock = { service: 'cart', offset: 4e9, calls: 1, traces: 1, spread: 0, drift: 0 };
    const own = await prepareShare(flowOf({ clocks: { clocks: [clock], mixed: ['web'] } }), options());
    expect(readSharedFlow(own.pieces.join(''))?.clocks).toEqual({ clocks: [clock], mixed: ['web'] });
    const none = await prepareShare(flowOf({}), options());
    expect(readSharedFlow(none.pieces.join(''))).not.toHaveProperty('clocks');
  });

  it('is the same flow whatever its texts are, and holds nothing that a page would act on', async () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('</script>', '<!--', ']]>', '\u2028', '\u2029', SHARE_PLACE)),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(texts, async (bodies) => {
        const logs = bodies.map((stringValue, index) => logRecord({ id: `l${index}`, body: { stringValue } }));
        const { pieces } = await prepareShare(flowOf({ logs }), {
          ...options(),
          rules: { patterns: [], names: [], texts: [], leftOut: new Set() },
        });
        const text = pieces.join('');
        expect(text).not.toMatch(/[<>\u2028\u2029]/);
        expect(readSharedFlow(text)?.logs).toEqual(logs);
      }),
    );
  });

  it('tells how far it is and stops when it is told to', async () => {
    const logs = Array.from({ length: 1_000 }, (_, index) => logRecord({ id: `l${index}` }));
    const shares: number[] = [];
    await prepareShare(flowOf({ logs }), { ...options(), onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    const controller = new AbortController();
    const stopped = prepareShare(flowOf({ logs }), { ...options(), signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
  });

  it('says how large it would be, and keeps no more than may be shared', async () => {
    const logs = Array.from({ length: 800 }, (_, index) => logRecord({ id: `l${index}`, body: { stringValue: 'x'.repeat(40_000) } }));
    const { bytes, pieces } = await prepareShare(flowOf({ logs }), options());
    expect(bytes).toBeGreaterThan(32_000_000);
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBeLessThan(26 * 1024 * 1024);
  });
});

describe('shareFile', () => {
  it('puts the flow where the page has a place for it, and refuses a page without one', () => {
    expect(shareFile(`a${SHARE_PLACE}b`, ['1', '2']).join('')).toBe('a12b');
    expect(() => shareFile('ab', [])).toThrow(/no one place/);
  });
});

describe('readSharedFlow', () => {
  it.each(['', '{', '[]', '{"version":2}', '{"version":1}'])('is nothing for %s', (text) => {
    expect(readSharedFlow(text)).toBeUndefined();
  });
});
