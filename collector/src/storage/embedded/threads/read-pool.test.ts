import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowSearch, Storage } from '../../storage.ts';
import { EVERYTHING, numberedLog, readContext, StorageDirectory } from '../testing/open-storage.ts';

/** A text and an expression that has to be in very many places of it at once: hours of work. */
const LONG_TEXT = withoutPattern(1_000_000);

/** Of two letters in no order that comes again. Source: xorshift, by George Marsaglia. */
function withoutPattern(length: number): string {
  let state = 88_172_645;
  return Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 1 ? 'a' : 'b';
  }).join('');
}

const ENDLESS: RowSearch = {
  ...EVERYTHING,
  query: {
    type: 'regex',
    field: { type: 'attribute', place: 'any', key: 'long' },
    regex: {
      type: 'sequence',
      items: [
        { type: 'repeat', item: { type: 'anyCharacter' }, min: 0 },
        { type: 'literal', text: 'a' },
        { type: 'repeat', item: { type: 'anyCharacter' }, min: 900, max: 900 },
      ],
    },
  },
};

/** Reads are slow on purpose here, and more so where other tests take the processors. */
describe('ReadPool', { timeout: 60_000 }, () => {
  let directory: StorageDirectory;
  let storage: Storage;
  beforeAll(async () => {
    directory = await StorageDirectory.make();
    storage = await directory.open();
    const long = Array.from({ length: 50 }, (_, number) =>
      numberedLog(number, [{ key: 'long', value: { stringValue: LONG_TEXT.slice(number) } }]),
    );
    await storage.writeLogs('default', long);
  });
  afterAll(() => directory.remove());
  const answers = async (): Promise<void> => {
    expect((await storage.searchLogs({ ...EVERYTHING, limit: 1 }, readContext())).rows).toHaveLength(1);
  };

  it('ends a read when its deadline passes', async () => {
    await expect(storage.searchLogs(ENDLESS, readContext({ deadline: performance.now() + 300 }))).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await answers();
  });

  it('answers what it has when time is over, newest first, and says how far it came', async () => {
    const own = await StorageDirectory.make();
    const slow = await own.open();
    // The oldest file is the one that takes hours.
    for (const number of [0, 100, 200, 300]) {
      const long = number === 0 ? [{ key: 'long', value: { stringValue: LONG_TEXT } }] : [];
      await slow.writeLogs('default', [numberedLog(number, long), numberedLog(number + 1)]);
    }
    // The time that its thread takes to begin is none of the search's.
    await slow.check(readContext());
    const newer = {
      type: 'range',
      field: { type: 'attribute', place: 'attributes', key: 'number' },
      min: { value: '50', inclusive: true },
    } as const;
    const query = { type: 'or', children: [newer, ENDLESS.query] } as const;
    const deadline = (): number => performance.now() + 1_000;
    const page = await slow.searchLogs({ query, range: {}, order: 'desc', limit: 100 }, readContext({ deadline: deadline() }));
    expect(page.rows.map(({ key }) => key.id)).toEqual([301, 300, 201, 200, 101, 100].map((number) => numberedLog(number).id));
    expect(page).toMatchObject({
      hasMore: true,
      partial: { searchedFromNanos: numberedLog(1).timeNanos + 1n, reason: expect.stringMatching(/narrow/) },
    });
    const range = { fromNanos: 0n, toNanos: numberedLog(1_000).timeNanos };
    const widthNanos = 10_000n;
    const histogram = await slow.logHistogram({ query, range, widthNanos }, readContext({ deadline: deadline() }));
    expect(histogram.counts.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(histogram.partial?.searchedFromNanos).toBe((numberedLog(1).timeNanos / widthNanos + 1n) * widthNanos);
    const partial = { searchedFromNanos: numberedLog(1).timeNanos + 1n };
    const fields = await slow.logFields({ query, range, limit: 10 }, readContext({ deadline: deadline() }));
    expect(fields).toMatchObject({ total: 6, partial });
    const field = { type: 'attribute', place: 'attributes', key: 'number' } as const;
    const values = await slow.logFieldValues({ query, range, field, prefix: '', limit: 10 }, readContext({ deadline: deadline() }));
    expect(values).toMatchObject({ total: 6, count: 6, partial });
    expect(values.values).toHaveLength(6);
    await own.remove();
  });

  it('ends a read when its reader goes', async () => {
    const controller = new AbortController();
    const reading = storage.searchLogs(ENDLESS, readContext({ signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('gone')), 100);
    await expect(reading).rejects.toThrow('gone');
    await answers();
  });

  it('runs two at once; a third waits, its own deadline counts while it does, writes go on, and the storage is well', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const running = [storage.searchLogs(ENDLESS, readContext({ signal })), storage.searchLogs(ENDLESS, readContext({ signal }))];
    const ended = Promise.allSettled(running);
    await expect(storage.searchLogs(EVERYTHING, readContext({ deadline: performance.now() + 300 }))).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await storage.writeLogs('default', [numberedLog(1_000)]);
    // Whoever asks whether the storage is well has no turn to wait for.
    await storage.check(readContext({ deadline: performance.now() + 300 }));
    const waiting = answers();
    controller.abort(new Error('gone'));
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await waiting;
  });

  it('ends what runs when it closes, and then refuses', async () => {
    const own = await StorageDirectory.make();
    const closing = await own.open();
    await closing.writeLogs('default', [numberedLog(0, [{ key: 'long', value: { stringValue: LONG_TEXT } }])]);
    const running = closing.searchLogs(ENDLESS, readContext());
    const ended = expect(running).rejects.toMatchObject({ code: 'shutting_down' });
    await own.close();
    await ended;
    await expect(closing.searchLogs(EVERYTHING, readContext())).rejects.toMatchObject({ code: 'shutting_down' });
    await own.remove();
  });
});
