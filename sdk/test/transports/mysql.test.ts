import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadb } from '../../../deploy/servers/mariadb.mjs';
import { killApps, waitFor } from '../app-process.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { type DatabaseApp, describeSpans, expectNoStraysAndNoValues, startDatabaseApp } from './database-app.ts';
import { flowOf, logOf } from './transport-app.ts';

const ERROR = 2;
const NO_SUCH_TABLE = '1146';
const DUPLICATE = '1062';
const SELECT = ['SELECT orders', 'SELECT owner FROM orders WHERE id = ?'];
const ROWS = ['SELECT seq_1_to_2', 'SELECT seq AS n FROM seq_1_to_2'];

let server: Awaited<ReturnType<typeof startMariadb>>;
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(() => server.stop());

describe.each(['mysql-imported.mjs', 'mysql-required.cjs'])('%s', (script) => {
  let collector: ScriptedCollector;
  let app: DatabaseApp;
  const call: DatabaseApp['call'] = (action, query) => app.call(action, query);
  const logsOf = async (id: string, count: number): Promise<unknown[]> => {
    await waitFor('the logs', () => flowOf(collector, id).logs.length === count);
    return flowOf(collector, id).logs.map(({ body }) => body);
  };

  beforeAll(async () => {
    collector = await startCollector();
    app = await startDatabaseApp(script, collector, { MYSQL_URL: server.url });
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  it.each(['mysql2', 'mysql', 'mariadb'])('%s: a query is a client span with the stable attributes and no value', async (library) => {
    const { spans, id, result } = await call(`${library}-query`);
    expect(result).toBe('alice@example.com');
    expect(describeSpans(spans)).toEqual([
      ['INSERT orders', 'INSERT INTO orders (id, owner) VALUES (?)'],
      SELECT,
      // A backslash before a quote: what is behind it may be a string or not, by the server's settings.
      ['SELECT orders', 'SELECT owner FROM orders WHERE id = ? AND ? <> ?'],
    ]);
    expect(spans[1]?.attributes).toEqual({
      'db.system.name': 'mariadb',
      'db.operation.name': 'SELECT',
      'db.namespace': 'test',
      'db.query.summary': 'SELECT orders',
      'db.query.text': 'SELECT owner FROM orders WHERE id = ?',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'correlation.id': id,
    });
  });

  it.each(['mysql2', 'mysql', 'mariadb'])('%s: a callback runs in its own request', async (library) => {
    const { spans, id } = await call(`${library}-callback`);
    expect(describeSpans(spans)).toEqual([SELECT]);
    expect(await logsOf(id, 1)).toEqual(['in a callback']);
  });

  it.each([
    'mysql2-events',
    'mysql2-stream',
    'mysql2-prepared-events',
    'mysql-events',
    'mysql-stream',
    'mariadb-stream',
    'mariadb-callback-stream',
  ])('%s: what listens to rows runs in its own request', async (action) => {
    const { spans, id } = await call(action);
    expect(describeSpans(spans)).toEqual([ROWS]);
    expect(await logsOf(id, 2)).toEqual(['a row', 'a row']);
  });

  it('mysql2: a transaction, several statements and a cluster', async () => {
    const transaction = await call('mysql2-promise-connection');
    const statements = await call('mysql2-statements');
    const cluster = await call('mysql2-cluster');
    expect(describeSpans(transaction.spans)).toEqual([
      ['START', 'START TRANSACTION'],
      ['UPDATE orders', 'UPDATE orders SET owner = ? WHERE id = ?'],
      ['ROLLBACK', 'ROLLBACK'],
    ]);
    expect(describeSpans(statements.spans)).toEqual([['SELECT DELETE orders', 'SELECT ?; DELETE FROM orders WHERE id = ?']]);
    expect(statements.spans[0]?.attributes['db.operation.name']).toBeUndefined();
    expect(describeSpans(cluster.spans)).toEqual([SELECT]);
  });

  it.each(['mysql2', 'mariadb'])('%s: each time that a prepared statement is executed is a span', async (library) => {
    const { spans } = await call(`${library}-prepared`);
    expect(describeSpans(spans)).toEqual([SELECT, SELECT]);
  });

  it('mariadb: a batch is one span with its size, however it is sent', async () => {
    const { spans } = await call('mariadb-batch');
    expect(describeSpans(spans)).toEqual([
      ['BATCH INSERT orders', 'INSERT INTO orders (id, owner) VALUES (?)'],
      ['BATCH DELETE orders', 'DELETE FROM orders WHERE id = ? AND owner = ?'],
    ]);
    for (const { attributes } of spans) expect(attributes['db.operation.batch.size']).toBe(3);
    expect(spans[0]?.attributes['db.operation.name']).toBe('BATCH INSERT');
  });

  it.each(['mysql2', 'mysql', 'mariadb', 'mariadb-callback'])(
    '%s: a pool of two under twelve requests keeps each in its own context',
    async (library) => {
      const all = await Promise.all(Array.from({ length: 12 }, () => call(`${library}-contention`)));
      for (const { spans, id } of all) {
        expect(spans.map(({ name }) => name)).toEqual(['SELECT', 'SELECT']);
        expect(await logsOf(id, 2)).toEqual(['first done', 'second done']);
        const traces = new Set([...spans, ...flowOf(collector, id).logs].map(({ traceId }) => traceId));
        expect(traces.size).toBe(1);
      }
    },
  );

  it.each(['mysql2', 'mysql2-execute', 'mysql', 'mariadb', 'mariadb-execute', 'mariadb-callback'])(
    '%s: an error has the server’s code and not its message',
    async (way) => {
      const { spans } = await call(`${way}-fails`);
      expect(spans.map(({ name, statusCode, attributes }) => [name, statusCode, attributes['db.response.status_code']])).toEqual([
        ['SELECT missing', ERROR, NO_SUCH_TABLE],
        ['INSERT orders', 0, undefined],
        ['INSERT orders', ERROR, DUPLICATE],
      ]);
      expect(spans[2]).toMatchObject({ attributes: { 'error.type': DUPLICATE }, events: [] });
    },
  );

  it('mysql2: a query that has listeners fails with its error, and with its connection', async () => {
    const missing = await call('mysql2-events-fails');
    const lost = await call('mysql2-lost-fails');
    expect(missing.spans).toMatchObject([{ name: 'SELECT missing', statusCode: ERROR, attributes: { 'error.type': NO_SUCH_TABLE } }]);
    expect(lost.spans).toMatchObject([{ name: 'SELECT', statusCode: ERROR, attributes: { 'error.type': 'Error' } }]);
  });

  it('mysql2: a server is what it says, also of what it was asked before it said so', async () => {
    const systems = [await call('mysql2-early'), await call('mysql2-of-mysql')].map(({ spans }) =>
      spans.map(({ attributes }) => attributes['db.system.name']),
    );
    expect(systems).toEqual([['mariadb'], ['mysql']]);
  });

  it.each(['mysql2', 'mysql'])('%s: what a connection is asked as it is destroyed, which calls nothing back, fails', async (library) => {
    const { spans } = await call(`${library}-destroys`);
    expect(spans).toMatchObject([{ name: 'SELECT', statusCode: ERROR, attributes: { 'error.type': 'PROTOCOL_CONNECTION_LOST' } }]);
  });

  it.each(['mysql2', 'mysql', 'mariadb'])('%s: what a connection that a request opened tells runs not in that request', async (library) => {
    const opening = await call(`${library}-listen`);
    const payload = app.newId();
    const losing = await call(`${library}-lose`, { payload });
    for (const log of [await logOf(collector, `lost ${payload}`), await logOf(collector, `handled ${payload}`)]) {
      expect(log.traceId).toBe('');
      expect([opening.id, losing.id]).not.toContain(log.attributes['correlation.id']);
    }
  });

  it.each(['mysql2', 'mysql', 'mariadb'])('%s: what a pool asks on a new connection is no request’s', async (library) => {
    const { spans } = await call(`${library}-opens`);
    expect(describeSpans(spans)).toEqual([
      ['SELECT', 'SELECT ?'],
      ['SELECT', 'SELECT ?'],
    ]);
  });

  it.each(['mysql2', 'mysql'])('%s: a pool tells of a connection where that was asked for', async (library) => {
    const { id } = await call(`${library}-opens`);
    expect(await logsOf(id, 2)).toEqual(['acquired', 'acquired']);
  });

  it('what no request asked for makes no span, and no value is in any', async () => {
    await call('nothing');
    expectNoStraysAndNoValues(collector);
  });
});
