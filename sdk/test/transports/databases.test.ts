import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMongo } from '../../../deploy/servers/mongo.mjs';
import { startPostgres } from '../../../deploy/servers/postgres.mjs';
import { startRedis } from '../../../deploy/servers/redis.mjs';
import { killApps, waitFor } from '../app-process.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { type DatabaseApp, describeSpans, expectNoStraysAndNoValues, startDatabaseApp } from './database-app.ts';
import { flowOf, logOf } from './transport-app.ts';

const ERROR = 2;

let urls = { REDIS_URL: '', POSTGRES_URL: '', MONGO_URL: '' };
let stopServers = async (): Promise<void> => undefined;

beforeAll(async () => {
  const [redis, postgres, mongo] = await Promise.all([startRedis(), startPostgres(), startMongo()]);
  urls = { REDIS_URL: redis.url, POSTGRES_URL: postgres.url, MONGO_URL: mongo.url };
  stopServers = async () => {
    await Promise.all([redis.stop(), postgres.stop(), mongo.stop()]);
  };
});
afterAll(() => stopServers());

describe.each(['databases-imported.mjs', 'databases-required.cjs'])('%s', (script) => {
  let collector: ScriptedCollector;
  let app: DatabaseApp;
  const call: DatabaseApp['call'] = (action, query) => app.call(action, query);

  beforeAll(async () => {
    collector = await startCollector();
    app = await startDatabaseApp(script, collector, urls, ['pg-duplicate']);
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  it('pg: a query is a client span with the stable attributes and no value', async () => {
    const { spans, id } = await call('pg-query');
    expect(describeSpans(spans)).toEqual([
      ['INSERT orders', 'INSERT INTO orders (id, owner) VALUES (?) ON CONFLICT DO NOTHING'],
      ['SELECT orders', 'SELECT owner FROM orders WHERE id = ? AND ? = ?'],
    ]);
    expect(spans[1]?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'db.namespace': 'postgres',
      'db.query.summary': 'SELECT orders',
      'db.query.text': 'SELECT owner FROM orders WHERE id = ? AND ? = ?',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(urls.POSTGRES_URL).port),
      'correlation.id': id,
    });
  });

  it('pg: a callback and the rows of a query object run in their own request', async () => {
    const callback = await call('pg-callback');
    const submitted = await call('pg-submit');
    await waitFor('the logs', () => flowOf(collector, submitted.id).logs.length === 2);
    expect(flowOf(collector, callback.id).logs.map(({ body }) => body)).toEqual(['in a callback']);
    expect(flowOf(collector, submitted.id).logs.map(({ body }) => body)).toEqual(['a row', 'a row']);
    expect(describeSpans([...callback.spans, ...submitted.spans])).toEqual([
      ['SELECT', 'SELECT ? AS one'],
      ['SELECT', 'SELECT generate_series(?) AS n'],
    ]);
  });

  it('pg: cursors and streams have a span each and run in their request', async () => {
    const cursor = await call('pg-cursor');
    const stream = await call('pg-stream');
    await waitFor('the logs', () => flowOf(collector, stream.id).logs.length === 2);
    expect(flowOf(collector, cursor.id).logs.map(({ body }) => body)).toEqual(['read by a cursor']);
    expect(describeSpans([...cursor.spans, ...stream.spans])).toEqual([
      ['SELECT', 'SELECT generate_series(?) AS n'],
      ['SELECT', 'SELECT generate_series(?) AS n'],
    ]);
  });

  it('pg: a pool of two under twelve requests keeps each in its own context', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => call('pg-contention')));
    for (const { spans, id } of all) {
      expect(spans.map(({ name }) => name)).toEqual(['SELECT', 'SELECT']);
      await waitFor(`the logs of ${id}`, () => flowOf(collector, id).logs.length === 2);
      const traces = new Set([...spans, ...flowOf(collector, id).logs].map(({ traceId }) => traceId));
      expect(traces.size).toBe(1);
    }
  });

  it('pg: an error has the server’s code and not its message', async () => {
    const missing = await call('pg-fails');
    const duplicate = await call('pg-duplicate');
    expect(missing.spans[0]).toMatchObject({
      name: 'SELECT missing',
      statusCode: ERROR,
      attributes: { 'db.response.status_code': '42P01', 'error.type': '42P01' },
    });
    expect(duplicate.spans[0]).toMatchObject({ attributes: { 'db.response.status_code': '23505' }, events: [] });
  });

  it('pg: a LISTEN client that a request opened runs no notification in that request', async () => {
    const listening = await call('pg-listen');
    const payload = app.newId();
    const notifying = await call('pg-notify', { payload });
    for (const log of [await logOf(collector, `notified ${payload}`), await logOf(collector, `handled ${payload}`)]) {
      expect(log.traceId).toBe('');
      expect([listening.id, notifying.id]).not.toContain(log.attributes['correlation.id']);
    }
  });

  it('mongodb: a command is a client span with the fields of its filter and no value', async () => {
    const { spans, id } = await call('mongo');
    expect(describeSpans(spans)).toEqual([
      ['insert users', '{"insert":"users","documents":"?","ordered":"?"}'],
      ['find users', '{"find":"users","filter":{"name":"?","age":{"$not":{"$gt":"?"}}},"limit":"?","singleBatch":"?"}'],
    ]);
    expect(spans[1]?.attributes).toMatchObject({
      'db.system.name': 'mongodb',
      'db.operation.name': 'find',
      'db.collection.name': 'users',
      'db.namespace': 'shop',
      'db.query.summary': 'find users',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(urls.MONGO_URL).port),
      'correlation.id': id,
    });
  });

  it('mongodb: eight requests at once keep each in its own context', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => call('mongo-contention')));
    for (const { spans, id } of all) {
      expect(spans.map(({ name }) => name)).toEqual(['update users', 'aggregate users']);
      await waitFor(`the logs of ${id}`, () => flowOf(collector, id).logs.length === 2);
      expect(new Set([...spans, ...flowOf(collector, id).logs].map(({ traceId }) => traceId)).size).toBe(1);
    }
  });

  it('mongodb: what the driver says to connect makes no span in the request that waits for it', async () => {
    const { spans } = await call('mongo-connects');
    expect(spans.map(({ name }) => name)).toEqual(['aggregate users']);
  });

  it('mongodb: an error has the server’s code and not its message', async () => {
    const { spans } = await call('mongo-fails');
    expect(spans[0]).toMatchObject({ name: 'noSuchCommand', statusCode: ERROR, attributes: { 'db.response.status_code': '59' } });
  });

  it('mongodb: a write whose errors are in its answer failed, with the first one’s code', async () => {
    const { spans, result } = await call('mongo-write-fails');
    const codes = Array.isArray(result) ? result.map(String) : [];
    expect(codes).toEqual(['11000', '11000', '11000', expect.stringMatching(/^\d+$/)]);
    const [first, ...failed] = spans.map(({ name, statusCode, attributes }) => [name, statusCode, attributes['db.response.status_code']]);
    expect(first).toEqual(['insert users', 0, undefined]);
    expect(failed).toEqual(['insert', 'insert', 'insert', 'update'].map((operation, at) => [`${operation} users`, ERROR, codes[at]]));
  });

  it('ioredis: commands, pipelines and transactions are client spans without values', async () => {
    const { spans, id } = await call('ioredis');
    expect(describeSpans(spans)).toEqual([
      ['SET', `SET user:${id} ? ? ?`],
      ['PIPELINE GET', undefined],
      ['MULTI', undefined],
      ['GET', `GET user:${id}`],
    ]);
    expect(spans[0]?.attributes).toMatchObject({
      'db.system.name': 'redis',
      'db.operation.name': 'SET',
      'db.namespace': '0',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(urls.REDIS_URL).port),
    });
    expect(spans[1]?.attributes['db.operation.batch.size']).toBe(2);
  });

  it('ioredis: a command that waits for its connection and a callback stay in their request', async () => {
    const early = await call('ioredis-early');
    const callback = await call('ioredis-callback');
    expect(describeSpans(early.spans)).toEqual([['GET', `GET early:${early.id}`]]);
    expect((await logOf(collector, 'early answered')).attributes['correlation.id']).toBe(early.id);
    await waitFor('the log', () => flowOf(collector, callback.id).logs.length === 1);
  });

  it('node-redis: commands and transactions are client spans without values', async () => {
    const { spans, id } = await call('node-redis');
    expect(describeSpans(spans)).toEqual([
      ['SET', `SET user:${id} ? ? ?`],
      ['MULTI', undefined],
      ['GET', `GET user:${id}`],
    ]);
    expect(spans[0]?.attributes).toMatchObject({
      'db.system.name': 'redis',
      'db.operation.name': 'SET',
      'db.namespace': '0',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(urls.REDIS_URL).port),
    });
    expect(spans[1]?.attributes['db.operation.batch.size']).toBe(2);
  });

  it('node-redis: a pool of one under eight requests keeps each in its own context', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => call('node-redis-pool')));
    for (const { spans, id } of all) {
      expect(describeSpans(spans)).toEqual([
        ['SET', `SET pool:${id} ?`],
        ['GET', `GET pool:${id}`],
      ]);
      await waitFor(`the logs of ${id}`, () => flowOf(collector, id).logs.length === 2);
    }
  });

  it.each(['ioredis-fails', 'node-redis-fails'])('%s with Redis’s code', async (action) => {
    const { spans } = await call(action);
    expect(spans[1]).toMatchObject({
      name: 'LPUSH',
      statusCode: ERROR,
      attributes: { 'db.response.status_code': 'WRONGTYPE', 'error.type': 'WRONGTYPE' },
    });
  });

  it.each([
    [
      'ioredis-batches-fails',
      [
        ['PIPELINE LPUSH', 'WRONGTYPE'],
        ['PIPELINE', 'WRONGTYPE'],
        ['MULTI', 'WRONGTYPE'],
        ['MULTI', 'ERR'],
        ['MULTI GET', 'Error'],
        ['PIPELINE GET', 'Error'],
      ],
    ],
    [
      'node-redis-batches-fails',
      [
        ['MULTI', 'WRONGTYPE'],
        ['MULTI', 'ERR'],
        ['PIPELINE', 'WRONGTYPE'],
      ],
    ],
  ])('%s as soon as a command of theirs does, with the first one’s code', async (action, failed) => {
    const { spans } = await call(action);
    const [first, ...batches] = spans.map(({ name, statusCode, attributes }) => [name, statusCode, attributes['error.type']]);
    expect(first).toEqual(['SET', 0, undefined]);
    expect(batches).toEqual(failed.map(([name, type]) => [name, ERROR, type]));
  });

  it('node:sqlite: statements are client spans without values', async () => {
    const { spans, id } = await call('sqlite');
    expect(describeSpans(spans)).toEqual([
      ['INSERT notes', 'INSERT INTO notes (text) VALUES (?)'],
      ['SELECT notes', 'SELECT text FROM notes WHERE text <> ?'],
    ]);
    expect(spans[0]?.attributes).toEqual({
      'db.system.name': 'sqlite',
      'db.operation.name': 'INSERT',
      'db.namespace': ':memory:',
      'db.query.summary': 'INSERT notes',
      'db.query.text': 'INSERT INTO notes (text) VALUES (?)',
      'correlation.id': id,
    });
    const failed = await call('sqlite-fails');
    expect(failed.spans[0]).toMatchObject({ statusCode: ERROR, attributes: { 'db.response.status_code': '1' } });
  });

  it('what no request asked for makes no span, and no value is in any', async () => {
    await call('nothing');
    expectNoStraysAndNoValues(collector);
  });
});
