import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DROP_EVENT, type LogTailArrivals, type LogTailStart } from '../../src/api/index.ts';
import type { IndexedLog } from '../../src/model/record.ts';
import type { StorageWithArrivals } from '../../src/storage/log-arrivals.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { attributes, int, text } from '../storage-contract/values.ts';
import { type EventClient, openEvents, type ReceivedEvent } from './event-client.ts';
import { validate } from './openapi-check.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const MAX_TAILS = 20;

export interface TailSuite {
  createStorage(): StorageWithArrivals & {
    /** A storage as another collector has it on the same data; absent where there can be none. */
    readonly other?: Storage;
  };
}

/** What a live tail shows, on any storage; one that is given is the suite's own and empty. */
export function testLogTail(suite?: TailSuite): void {
  describe('the live tail', () => {
    let api: QueryApi;
    let other: Storage | undefined;
    const clients: EventClient[] = [];
    const open = async (query = '', headers: Record<string, string> = {}): Promise<EventClient> => {
      const client = await openEvents(`${api.url}/api/v1/logs/tail${query}`, headers);
      clients.push(client);
      return client;
    };
    let written = 0;
    const write = async (logs: readonly IndexedLog[], storage: Storage = api.storage): Promise<void> => {
      await storage.writeLogs('default', logs);
      written += logs.length;
    };
    const named = (name: string, fields: Parameters<typeof buildLog>[1] = {}): IndexedLog =>
      buildLog(`${name}-${written}`, { body: text(name), ...fields });

    beforeAll(async () => {
      const created = suite?.createStorage();
      other = created?.other;
      await other?.start(new AbortController().signal);
      api = await startQueryApi(created === undefined ? {} : { storage: created.storage, arrivals: created.arrivals });
      // Tails of this suite begin behind it.
      await write([named('first of all')]);
    });
    afterAll(async () => {
      for (const client of clients) client.close();
      await api.stop();
      await other?.shutdown();
    });

    it('shows what arrives from now on, whatever time it carries, in the order of arrival', async () => {
      const client = await open();
      expect([client.status, client.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
      await client.until((events) => events.length > 0);
      await write([named('now'), named('of 2017', { timeUnixNano: '1500000000000000000' })]);
      await client.until((events) => bodies(events).length >= 2);
      await write([named('from the future', { timeUnixNano: at(900_000_000) }), named('last')]);
      await client.until((events) => bodies(events).length >= 4);
      expect(bodies(client.events)).toEqual(['now', 'of 2017', 'from the future', 'last']);
      expect(client.events[0]).toMatchObject({ event: 'start', data: { resumed: false } satisfies LogTailStart });
      for (const { event, data } of client.events) {
        expect(validate(`#/components/schemas/${event === 'start' ? 'LogTailStart' : 'LogTailArrivals'}`, data)).toBe('');
      }
      client.close();
    });

    it('shows what the query finds and no other, without what senders say about themselves', async () => {
      const client = await open('?query=level:error%20payment%20k:%3E5');
      await client.until((events) => events.length > 0);
      const fits = { severityNumber: 17, attributes: attributes({ k: int(6) }) };
      await write([
        named('a payment', fits),
        named('a payment too', { ...fits, severityNumber: 9 }),
        named('payments', fits),
        named('no payment', { ...fits, attributes: attributes({ k: int(5) }) }),
        named('own payment', { ...fits, eventName: DROP_EVENT }),
        named('the last payment', fits),
      ]);
      await client.until((events) => bodies(events).includes('the last payment'));
      expect(bodies(client.events)).toEqual(['a payment', 'the last payment']);
      client.close();
    });

    it('goes on where an earlier connection ended, with what arrived in between', async () => {
      const first = await open();
      await first.until((events) => events.length > 0);
      await write([named('seen')]);
      await first.until((events) => bodies(events).includes('seen'));
      first.close();
      const id = first.events.at(-1)?.id ?? '';
      await write([named('missed one'), named('missed two')]);
      const second = await open('', { 'last-event-id': id });
      await second.until((events) => bodies(events).length >= 2);
      await write([named('seen again')]);
      await second.until((events) => bodies(events).length >= 3);
      expect(bodies(second.events)).toEqual(['missed one', 'missed two', 'seen again']);
      expect(second.events[0]).toMatchObject({ event: 'start', id, data: { resumed: true } });
      second.close();
    });

    it.each(['nonsense', '0123456789abcdef-5', 'W10x', '😀', 'long '.repeat(2_000)])(
      'begins anew, and says so, where it is told to go on at %.20s',
      async (id) => {
        const client = await open('', { 'last-event-id': Buffer.from(id).toString('latin1') });
        await client.until((events) => events.length > 0);
        expect(client.events[0]).toMatchObject({ event: 'start', data: { resumed: false } });
        await write([named('after nonsense')]);
        await client.until((events) => bodies(events).includes('after nonsense'));
        client.close();
      },
    );

    it('counts what is too much for one event, and shows the newest', async () => {
      const client = await open('?limit=3&query=burst');
      await client.until((events) => events.length > 0);
      const burst = Array.from({ length: 500 }, (_, index) => named(`burst ${index}`));
      await write(burst.map((log, index) => ({ ...log, id: `${log.id}-${index}`, record: { ...log.record, id: `${log.id}-${index}` } })));
      await client.until((events) => countOf(events) >= 500);
      expect(countOf(client.events)).toBe(500);
      expect(bodies(client.events).at(-1)).toBe('burst 499');
      for (const { records } of arrivalsOf(client.events)) expect(records.length).toBeLessThanOrEqual(3);
      client.close();
    });

    it('keeps no memory for a client that reads nothing: what it missed is counted when it reads again', async () => {
      const client = await open('?query=slow&limit=1000');
      await client.until((events) => events.length > 0);
      client.pause();
      const body = 'slow '.repeat(800);
      let sent = 0;
      for (let round = 0; round < 30; round += 1) {
        const logs = Array.from({ length: 200 }, (_, index) => buildLog(`slow-${round}-${index}-${written}`, { body: text(body) }));
        await write(logs);
        sent += logs.length;
      }
      const atRest = process.memoryUsage().arrayBuffers;
      client.resume();
      await client.until((events) => countOf(events) >= sent);
      expect(countOf(client.events)).toBe(sent);
      expect(atRest).toBeLessThan(200 * 1024 * 1024);
      client.close();
    });

    it('has no more clients than it may, and takes one again when another leaves', async () => {
      const many = await Promise.all(Array.from({ length: MAX_TAILS }, () => open()));
      await Promise.all(many.map((client) => client.until((events) => events.length > 0)));
      const refused = await api.send('/api/v1/logs/tail');
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('5');
      expect(errorOf(refused)).toEqual({
        code: 'overloaded',
        message: '20 live tails are open, and there may be no more: close one, or try again later.',
      });
      many.pop()?.close();
      let next: EventClient | undefined;
      await poll(async () => {
        next = await open();
        return next.status === 200;
      });
      for (const client of [...many, next]) client?.close();
    });

    it.each([
      ['?query=level:loud', 'query'],
      ['?limit=0', 'limit'],
      ['?limit=1001', 'limit'],
      ['?from=now', 'from'],
    ])('refuses %s before it streams anything', async (query, field) => {
      const response = await api.send(`/api/v1/logs/tail${query}`);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ field });
    });

    it('answers HEAD without a stream, and no other method', async () => {
      const head = await api.send('/api/v1/logs/tail', { method: 'HEAD' });
      expect([head.status, head.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
      expect((await api.send('/api/v1/logs/tail', { method: 'POST' })).status).toBe(405);
    });

    if (suite !== undefined) {
      it('shows what another collector on the same data took', async () => {
        if (!other) throw new Error('the suite has no other storage');
        const client = await open('?query=elsewhere');
        await client.until((events) => events.length > 0);
        await write([named('elsewhere one')], other);
        await write([named('elsewhere two')]);
        await write([named('elsewhere three')], other);
        await client.until((events) => bodies(events).length >= 3);
        expect(bodies(client.events)).toEqual(['elsewhere one', 'elsewhere two', 'elsewhere three']);
        client.close();
      });
    }
  });

  describe('a live tail', () => {
    it('ends with its reason when the collector shuts down', async () => {
      const created = suite?.createStorage();
      const api = await startQueryApi(created === undefined ? {} : { storage: created.storage, arrivals: created.arrivals });
      const client = await openEvents(`${api.url}/api/v1/logs/tail`);
      await client.until((events) => events.length > 0);
      const began = performance.now();
      await api.stop();
      await poll(async () => client.hasEnded);
      expect(client.events.at(-1)).toMatchObject({ event: 'failure', data: { error: { code: 'shutting_down' } } });
      // Not only when the connections are cut.
      expect(performance.now() - began).toBeLessThan(4_500);
      expect(api.errors).toEqual([]);
    });
  });
}

function arrivalsOf(events: readonly ReceivedEvent[]): LogTailArrivals[] {
  return events.flatMap(({ event, data }) => (event === 'arrivals' ? [data as LogTailArrivals] : []));
}

function bodies(events: readonly ReceivedEvent[]): string[] {
  return arrivalsOf(events).flatMap(({ records }) => records.map(({ body }) => body?.stringValue ?? ''));
}

/** Records that were shown or counted. */
function countOf(events: readonly ReceivedEvent[]): number {
  return arrivalsOf(events).reduce((sum, { records, skipped, unread }) => sum + records.length + skipped + unread, 0);
}
