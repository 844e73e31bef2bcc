import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DROP_EVENT, type LogRecord } from '../../src/api/index.ts';
import { ThreadlineError } from '../../src/errors.ts';
import { changedStorage } from '../../src/storage/changed-storage.ts';
import type { ReadContext, Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { attributes, int, text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00Z';
const PATH = '/api/v1/logs/export';
const LARGE_BODY = 'a large body '.repeat(40_000);

interface Download {
  readonly response: IncomingMessage;
  readonly chunks: Buffer[];
  /** Resolves with the whole text, rejects where the connection was cut. */
  readonly text: Promise<string>;
  abort(): void;
}

async function download(url: string): Promise<Download> {
  const outgoing = request(url, { agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end();
  });
  outgoing.on('error', () => undefined);
  const chunks: Buffer[] = [];
  const whole = new Promise<string>((resolve, reject) => {
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
  whole.catch(() => undefined);
  return { response, chunks, text: whole, abort: () => void outgoing.destroy() };
}

/** What an export has, on any storage; one that is given is the suite's own and empty. */
export function testLogExport(createStorage?: () => Storage): void {
  describe('the export of logs', () => {
    let api: QueryApi;
    let storage: Storage;
    let searches = 0;
    let failAfter = Number.POSITIVE_INFINITY;
    const signals: AbortSignal[] = [];
    const lines = Array.from({ length: 1_500 }, (_, index) =>
      buildLog(`line-${String(index).padStart(4, '0')}`, {
        timeUnixNano: at(10 + Math.floor(index / 3)),
        severityNumber: index % 10 === 0 ? 17 : 9,
        body: text(index === 700 ? LARGE_BODY : `line ${index}`),
        attributes: attributes({ 'http.route': text(`/api/${index % 7}`), 'http.status': int(index % 3 === 0 ? 500 : 200) }),
      }),
    );
    const own = buildLog('own-event', { timeUnixNano: at(12), eventName: DROP_EVENT });
    const ndjson = async (query: string): Promise<LogRecord[]> => {
      const { response, text: whole } = await download(`${api.url}${PATH}?${query}`);
      expect(response.statusCode).toBe(200);
      const records = (await whole)
        .split('\n')
        .slice(0, -1)
        .map((line): LogRecord => JSON.parse(line));
      expect(response.trailers['x-threadline-records']).toBe(String(records.length));
      return records;
    };
    const csv = async (query: string): Promise<string> => (await download(`${api.url}${PATH}?format=csv&${query}`)).text;

    beforeAll(async () => {
      const plain = createStorage?.();
      api = await startQueryApi(plain === undefined ? {} : { storage: plain });
      storage = api.storage;
      await api.write({ logs: [...lines, own] });
    });
    afterAll(() => api.stop());

    /** Counts searches and fails where a test wants it. */
    function watched(inner: Storage): Storage {
      const counting =
        (searchLogs: Storage['searchLogs']): Storage['searchLogs'] =>
        async (search, context) => {
          searches += 1;
          signals.push(context.signal);
          // What was written before goes on its way first.
          await new Promise((resolve) => setImmediate(resolve));
          if (searches > failAfter) throw new ThreadlineError('storage_unavailable', 'gone', { retryAfterMillis: 1_000 });
          return searchLogs(search, context);
        };
      const openLogSnapshot = inner.openLogSnapshot?.bind(inner);
      return changedStorage(inner, {
        searchLogs: counting((search, context) => inner.searchLogs(search, context)),
        ...(openLogSnapshot && {
          openLogSnapshot: async (context: ReadContext) => {
            const snapshot = await openLogSnapshot(context);
            return { searchLogs: counting(snapshot.searchLogs), close: snapshot.close };
          },
        }),
      });
    }

    it('has every matching record once and whole, newest first, and says how many', async () => {
      const records = await ndjson(RANGE);
      expect(records.map(({ id }) => id)).toEqual(lines.map(({ id }) => id).toReversed());
      expect(records.find(({ id }) => id === 'line-0700')?.body?.stringValue).toBe(LARGE_BODY);
      expect(records[0]).toEqual(lines.at(-1)?.record);
    });

    it('has what the query finds, the oldest first where that is asked for', async () => {
      const records = await ndjson(`${RANGE}&query=level:error%20http.status:500&order=asc`);
      const expected = lines.filter((_, index) => index % 10 === 0 && index % 3 === 0).map(({ id }) => id);
      expect(records.map(({ id }) => id)).toEqual(expected);
    });

    it('is empty where nothing matches', async () => {
      expect(await ndjson(`${RANGE}&query=nothing-like-it`)).toEqual([]);
      expect(await csv(`${RANGE}&query=nothing-like-it`)).toBe('time,level,service,message,traceId,spanId,correlationId\r\n');
    });

    it('is a table of the columns that are chosen', async () => {
      const table = await csv(
        `${RANGE}&query=%22line%2012%22&column=time&column=level&column=http.route&column=http.status&column=resource.service.name`,
      );
      expect(table).toBe(
        'time,level,http.route,http.status,resource.service.name\r\n2026-11-20T10:00:14.000000000Z,INFO,/api/5,500,shop\r\n',
      );
    });

    it('says what it is, also for a file name', async () => {
      const { response, text: whole } = await download(`${api.url}${PATH}?format=csv&${RANGE}`);
      await whole;
      expect(response.headers).toMatchObject({
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="logs.csv"',
      });
      const head = await api.send(PATH, { method: 'HEAD' });
      expect([head.status, head.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    });

    it.each([
      ['query=level:loud', 'query'],
      ['format=xml', 'format'],
      ['format=csv&column=message.x.', undefined],
      ['column=level', 'column'],
      ['order=up', 'order'],
      ['from=now&to=now-1h', 'from'],
      ['limit=5', 'limit'],
    ])('answers %s before it writes anything', async (query, field) => {
      const response = await api.send(`${PATH}?${query}`.replace('column=message.x.', `column=${'x&column='.repeat(101)}x`));
      expect(response.status).toBe(400);
      if (field !== undefined)
        expect(errorOf(response)).toMatchObject({ code: field === 'query' ? 'invalid_level' : 'invalid_argument', field });
    });

    it('is cut off where it fails in the middle, so that nobody takes it for the whole', async () => {
      const broken = await startQueryApi({ storage: borrowed(() => watched(storage)) });
      try {
        searches = 0;
        failAfter = 2;
        const { response, text: whole } = await download(`${broken.url}${PATH}?${RANGE}`);
        expect(response.statusCode).toBe(200);
        await expect(whole).rejects.toThrow();
        expect(response.complete).toBe(false);
        expect(response.trailers).toEqual({});
        expect(broken.errors).toHaveLength(1);
        searches = 0;
        failAfter = 0;
        expect(errorOf(await broken.send(PATH))).toMatchObject({ code: 'storage_unavailable' });
      } finally {
        failAfter = Number.POSITIVE_INFINITY;
        await broken.stop();
      }
    });

    it('ends on the storage when the client leaves', async () => {
      const watching = await startQueryApi({ storage: borrowed(() => watched(storage)) });
      try {
        signals.length = 0;
        const { response, abort, text: whole } = await download(`${watching.url}${PATH}?${RANGE}`);
        response.pause();
        abort();
        await whole.catch(() => undefined);
        await poll(async () => signals.length > 0 && signals.every((signal) => signal.aborted));
        expect(watching.errors).toEqual([]);
      } finally {
        await watching.stop();
      }
    });

    it('reads one page further than the client takes, and no more', async () => {
      const large = Array.from({ length: 150 }, (_, index) =>
        buildLog(`big-${index}`, { timeUnixNano: at(7_200 + index), body: text('x'.repeat(200_000)) }),
      );
      for (let start = 0; start < large.length; start += 50) await storage.writeLogs('default', large.slice(start, start + 50));
      await poll(async () => (await ndjson('from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z')).length === 150);
      const watching = await startQueryApi({ storage: borrowed(() => watched(storage)) });
      try {
        searches = 0;
        const {
          response,
          text: whole,
          chunks,
        } = await download(`${watching.url}${PATH}?from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z`);
        response.pause();
        let looks = 0;
        let last = 0;
        await poll(async () => {
          looks = searches > 0 && searches === last ? looks + 1 : 0;
          last = searches;
          return looks > 20;
        });
        expect(searches).toBe(2);
        response.resume();
        expect((await whole).split('\n')).toHaveLength(151);
        expect(searches).toBeGreaterThan(5);
        expect(Buffer.concat(chunks).length).toBeGreaterThan(30_000_000);
      } finally {
        await watching.stop();
      }
    });

    it('is one of four at most', async () => {
      const many = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const one = await download(`${api.url}${PATH}?from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z`);
          one.response.pause();
          return one;
        }),
      );
      const refused = await api.send(PATH);
      expect([refused.status, errorOf(refused).code]).toEqual([429, 'overloaded']);
      for (const { abort } of many) abort();
      await poll(async () => (await download(`${api.url}${PATH}?${RANGE}`)).response.statusCode === 200);
    });
  });
}

/** A storage that is somebody else's: starting and stopping it is theirs. */
function borrowed(create: () => Storage): Storage {
  return changedStorage(create(), { start: async () => undefined, shutdown: async () => undefined });
}
