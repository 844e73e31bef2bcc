import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, startRedisCluster } from '../../../deploy/servers/redis.mjs';
import { killApps, waitFor } from '../app-process.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { expectHandled, expectOnlyServerSpan } from './message-facts.ts';
import { flowOf, logOf, serverSpanOf, startTransportApp, type TransportApp } from './transport-app.ts';

const COUNT = 3;

let env = { REDIS_URL: '', CLUSTER_URL: '', THREADLINE_SDK_REDIS_CHANNELS: 'events.*', THREADLINE_SDK_REDIS_LISTS: 'jobs-*' };
let stopServers = async (): Promise<void> => undefined;

beforeAll(async () => {
  const [redis, cluster] = await Promise.all([startRedis(), startRedisCluster()]);
  env = { ...env, REDIS_URL: redis.url, CLUSTER_URL: cluster.url };
  stopServers = async () => {
    await Promise.all([redis.stop(), cluster.stop()]);
  };
});
afterAll(() => stopServers());

describe.each([
  { script: 'ioredis-imported.mjs', way: 'esm' },
  { script: 'ioredis-required.cjs', way: 'cjs' },
  { script: 'ioredis-imported.mjs', way: 'tsx', nodeArgs: ['--import', '@threadline/sdk/register', '--import', 'tsx'] },
])('$script, $way', ({ script, way, nodeArgs }) => {
  let collector: ScriptedCollector;
  let app: TransportApp;
  let names = 0;
  const newName = (prefix: string): string => {
    names += 1;
    return `${prefix}-${way}-${names}`;
  };
  const handled = (how: string, text: string): string[] => [`${how} begins ${text}`, `${how} ends ${text}`];
  /** The names of a request's spans that its own code made, each a child of its server span. */
  const ownSpans = async (id: string): Promise<string[]> => {
    const server = await serverSpanOf(collector, id);
    return collector.spans
      .filter(({ traceId, parentSpanId }) => traceId === server.traceId && parentSpanId === server.spanId)
      .map(({ name }) => name)
      .toSorted();
  };
  /** The same action in several requests at once; answers their ids, which are their texts too. */
  const callAtOnce = async (action: string, query: Readonly<Record<string, string>>): Promise<string[]> => {
    const ids = Array.from({ length: COUNT }, () => newName('flow'));
    await Promise.all(ids.map((id) => app.call(action, id, { ...query, text: id, count: String(COUNT) })));
    return ids;
  };
  /** All that was sent under a name was heard, read and popped in the flow that sent it. */
  const expectSent = async (name: string, url: string, ids: readonly string[]): Promise<void> => {
    await app.call('consume', newName('consume'), { name, url });
    for (const id of ids) {
      await expectHandled(collector, { id, logs: handled('read', id), isFetched: true });
      await expectHandled(collector, { id, logs: handled('popped', id), isFetched: true });
      await expectHandled(collector, { id, logs: handled('heard', id), isFetched: false });
      expect(await ownSpans(id)).toEqual(['SET', `lpush jobs-${name}`, `publish events.${name}`, `xadd stream-${name}`]);
    }
  };

  beforeAll(async () => {
    collector = await startCollector();
    app = await startTransportApp(script, collector, env, true, nodeArgs);
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  describe('a callback', () => {
    it.each(['brpop-callback', 'rpop-callback'])('of %s has its element handled in its flow by withMessage', async (pop) => {
      const list = newName('jobs');
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await app.call('lpush', id, { list, text: id });
      for (const _ of ids) await app.call(pop, newName('consume'), { list });
      for (const id of ids) await expectHandled(collector, { id, logs: handled('popped in a callback', id), isFetched: true });
    });

    it.each(['brpop-callback-fails', 'brpop-fails'])('%s: a command that fails is the app’s to handle, and handled', async (pop) => {
      const key = newName('jobs');
      await app.call('set', newName('set'), { key });
      await expect(app.call(pop, newName('pop'), { list: key })).rejects.toThrow('WRONGTYPE');
      await app.call('seen', newName('alive'));
      expect(app.stderr()).toBe('');
    });

    it.each(['xread-callback', 'xreadgroup-callback', 'xread-pipeline', 'xread-multi', 'xread-auto', 'xread-at-once'])(
      '%s: an entry has the app’s fields alone and is handled in its flow',
      async (read) => {
        const stream = newName('stream');
        const ids = [newName('flow'), newName('flow')];
        for (const id of ids) await app.call('xadd', id, { stream, text: id });
        await app.call('seen', newName('clear'));
        await app.call(read, newName('consume'), { stream });
        for (const id of ids) await expectHandled(collector, { id, logs: handled(read, id), isFetched: true });
        expect(await app.call('seen', newName('see'))).toEqual(ids.map((text) => ['text', text]));
      },
    );
  });

  it('a transaction without a pipeline has the app’s commands alone, and its entries are handled in their flows', async () => {
    const [stream, list, id] = [newName('stream'), newName('jobs'), newName('flow')];
    await app.call('xadd', id, { stream, text: id });
    await app.call('seen', newName('clear'));
    const results = await app.call('open-transaction', newName('consume'), { stream, list, text: 'element' });
    expect(results).toEqual({ pushed: 1, popped: 'element', others: [] });
    await expectHandled(collector, { id, logs: handled('open-transaction', id), isFetched: true });
    expect(await app.call('seen', newName('see'))).toEqual([['text', id]]);
  });

  it('an element that a pipeline took is handled in its flow by withMessage', async () => {
    const list = newName('jobs');
    const id = newName('flow');
    await app.call('lpush', id, { list, text: id });
    await app.call('rpop-pipeline', newName('consume'), { list });
    await expectHandled(collector, { id, logs: handled('popped in a pipeline', id), isFetched: true });
  });

  it('what several requests put into one pipeline is in the flow of each', async () => {
    const name = newName('shared');
    const ids = await callAtOnce('shared-pipeline', { name });
    await app.call('consume', newName('consume'), { name, url: env.REDIS_URL });
    for (const id of ids) await expectHandled(collector, { id, logs: handled('read', id), isFetched: true });
  });

  describe('an automatic pipeline', () => {
    it('has the commands of several requests, each with its span and its messages in its own flow', async () => {
      const name = newName('auto');
      await app.call('subscribe', newName('subscribe'), { name, url: env.REDIS_URL });
      const ids = await callAtOnce('auto-send', { name });
      await expectSent(name, env.REDIS_URL, ids);
    });

    it('answers each request in its own flow', async () => {
      const ids = await callAtOnce('auto-log', { name: newName('auto') });
      for (const id of ids) {
        expect((await logOf(collector, `promise ${id}`)).attributes['correlation.id']).toBe(id);
        expect((await logOf(collector, `callback ${id}`)).attributes['correlation.id']).toBe(id);
        expect(await ownSpans(id)).toEqual(['GET', 'GET']);
      }
    });

    it('takes an element that is handled in its flow by withMessage', async () => {
      const list = newName('jobs');
      const id = newName('flow');
      await app.call('lpush', id, { list, text: id });
      await app.call('auto-rpop', newName('consume'), { list });
      await expectHandled(collector, { id, logs: handled('popped', id), isFetched: true });
    });
  });

  describe('a cluster', () => {
    it.each(['false', 'true'])('that is not ready keeps each command for its own flow (automatic pipelines: %s)', async (auto) => {
      const name = newName('cluster');
      await app.call('subscribe', newName('subscribe'), { name, url: env.CLUSTER_URL });
      const ids = await callAtOnce('cluster-send', { name, cluster: name, auto });
      await expectSent(name, env.CLUSTER_URL, ids);
      // The same when it is ready.
      const later = newName('cluster');
      await app.call('subscribe', newName('subscribe'), { name: later, url: env.CLUSTER_URL });
      await expectSent(later, env.CLUSTER_URL, await callAtOnce('cluster-send', { name: later, cluster: name }));
    });

    it('that a request created works in nobody’s flow and has no spans of its own', async () => {
      const cluster = newName('cluster');
      const creating = newName('creating');
      await app.call('cluster-create', creating, { cluster });
      const refreshing = newName('refreshing');
      await app.call('cluster-refreshed', refreshing, { cluster });
      const using = newName('using');
      await app.call('cluster-get', using, { cluster, key: 'key' });
      expect(await ownSpans(using)).toEqual(['GET']);
      await serverSpanOf(collector, refreshing);
      const ready = await logOf(collector, `ready ${cluster}`);
      expect([ready.traceId, ready.attributes['correlation.id']]).toEqual(['', undefined]);
      await expectOnlyServerSpan(collector, creating);
      expect(collector.spans.filter(({ name }) => name === 'CLUSTER')).toEqual([]);
      // What the app does in its events is followed as ever.
      await waitFor('the command of a listener', () => collector.spans.some(({ name }) => name === `xadd ready-${cluster}`));
    });

    it('that a request subscribed hears each message in its own flow', async () => {
      const [cluster, name, creating] = [newName('cluster'), newName('heard'), newName('creating')];
      await app.call('cluster-subscribe', creating, { cluster, name });
      const ids = await callAtOnce('cluster-send', { name, cluster: newName('cluster') });
      for (const id of ids) await expectHandled(collector, { id, logs: handled('heard', id), isFetched: false });
      await expectOnlyServerSpan(collector, creating);
      expect(flowOf(collector, creating).logs).toEqual([]);
    });
  });
});
