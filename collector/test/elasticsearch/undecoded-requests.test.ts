import { afterEach, describe, expect, it } from 'vitest';
import type { OtlpLogRecord, OtlpSpan } from '../../src/api/index.ts';
import { PlainRequest } from '../../src/model/plain-request.ts';
import { isLog } from '../../src/model/record.ts';
import { idsByDigest, requestDigest } from '../../src/model/record-ids.ts';
import { encodeLogs, encodeTraces } from '../../src/otlp/testing/reference-encoder.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, hexId } from '../storage-contract/builders.ts';
import { array, attributes, int, text } from '../storage-contract/values.ts';
import { askNode, findLogs, newTenant, readContext, readLogs, startStorage } from './reading.ts';

const AROUND = { resource: { attributes: attributes({ 'service.name': 'shop' }) }, scope: { attributes: [], name: 'test' } };

describe('a request that was not decoded', () => {
  const started: Storage[] = [];
  const start = async (...options: Parameters<typeof startStorage>) => {
    const storage = await startStorage(...options);
    started.push(storage);
    return storage;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
  });

  it('is read record by record as it was sent, and found by everything, whichever way its records take', async () => {
    const storage = await start();
    const tenant = newTenant('undecoded');
    const request = logsOf('a', [
      { body: text('order "1" paid'), attributes: attributes({ n: int(7), code: 'E42' }), traceId: hexId('t', 32), severityNumber: 17 },
      { body: text('order 2 주문'), attributes: attributes({ list: array(text('x'), text('y')) }) },
      { body: text('order 3'), attributes: attributes({ n: int(9) }) },
    ]);
    await storage.writeRequests?.(tenant, [request]);
    expect(await readLogs(storage, tenant, '*')).toEqual(request.records().map(({ record }) => record));
    const ids = request.records().map(({ id }) => id);
    expect(await findLogs(storage, tenant, 'n:>8')).toEqual([ids[2]]);
    expect(await findLogs(storage, tenant, 'list:y OR (code:E* level:ERROR)')).toEqual([ids[0], ids[1]]);
    expect(await findLogs(storage, tenant, '주문')).toEqual([ids[1]]);
    const spans = spansOf('b', [{ name: 'GET /orders', kind: 2, status: { code: 2 } }, { name: 'GET /carts' }]);
    await storage.writeRequests?.(tenant, [spans]);
    const page = await storage.searchSpans({ query: { type: 'all' }, range: {}, order: 'asc', limit: 5 }, readContext(tenant));
    expect(page.rows.map(({ record }) => record)).toEqual(spans.records().map(({ record }) => record));
  });

  it('is kept whole when Elasticsearch refuses a typed field of one of its records', async () => {
    const reports: unknown[] = [];
    const storage = await start({ onReduced: (report) => reports.push(report) });
    const tenant = newTenant('undecodedrefused');
    await storage.writeRequests?.(tenant, [logsOf('a', [{}])]);
    await askNode(`/logs-threadline-${tenant}/_mapping`, {
      method: 'PUT',
      body: {
        properties: {
          attributes: { properties: { string: { type: 'object', subobjects: false, properties: { code: { type: 'long' } } } } },
        },
      },
    });
    const requests = [logsOf('b', [{}, {}]), logsOf('c', [{}, { attributes: attributes({ code: 'E42', n: int(7) }) }, {}])];
    await storage.writeRequests?.(tenant, requests);
    const refused = requests[1]?.record(1);
    expect(reports).toEqual([{ id: refused?.id, form: 'untyped', reason: 'document_parsing_exception' }]);
    expect(await readLogs(storage, tenant, 'code:E* n:>6')).toEqual([refused?.record]);
    expect(await findLogs(storage, tenant, '*')).toHaveLength(6);
  });

  it('is stored once when it repeats one of which some was written before the data stream rolled over', async () => {
    const storage = await start();
    const tenant = newTenant('undecodedagain');
    const requests = [logsOf('a', [{}, {}]), logsOf('b', [{}, {}, {}]), logsOf('c', [{}])];
    const records = requests.flatMap((request) => request.records()).filter(isLog);
    await storage.writeRequests?.(tenant, requests.slice(0, 1));
    await storage.writeLogs(tenant, records.slice(3, 4));
    await askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' });
    await storage.writeRequests?.(tenant, requests, { mayRepeat: true });
    await askNode(`/logs-threadline-${tenant}/_refresh`, { method: 'POST' });
    expect(await askNode(`/logs-threadline-${tenant}/_count`)).toMatchObject({ count: 6 });
    expect((await findLogs(storage, tenant, '*')).toSorted()).toEqual(records.map(({ id }) => id).toSorted());
  });

  it('is stored once when its sender gave it to two collectors and the data stream rolled over in between', async () => {
    const [storage, other] = [await start(), await start()];
    const tenant = newTenant('undecodedkeyed');
    const requests = [logsOf('a', [{}, {}]), logsOf('b', [{}])];
    await storage.writeRequests?.(tenant, requests.slice(0, 1), { isKeyed: true });
    await askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' });
    await other.writeRequests?.(tenant, requests, { isKeyed: true });
    await askNode(`/logs-threadline-${tenant}/_refresh`, { method: 'POST' });
    expect(await askNode(`/logs-threadline-${tenant}/_count`)).toMatchObject({ count: 3 });
    expect((await findLogs(storage, tenant, '*')).toSorted()).toEqual(
      requests.flatMap((request) => request.records().map(({ id }) => id)).toSorted(),
    );
  });
});

function logsOf(key: string, logs: readonly Partial<OtlpLogRecord>[]): PlainRequest {
  const records = logs.map((log, index) => ({ timeUnixNano: at(index), observedTimeUnixNano: '0', attributes: [], ...log }));
  const { scope, resource } = AROUND;
  return plain('logs', key, encodeLogs([{ resource, scopes: [{ scope, records }] }], 'protobuf'));
}

function spansOf(key: string, spans: readonly Partial<OtlpSpan>[]): PlainRequest {
  const records = spans.map((span, index) => ({
    traceId: hexId('trace', 32),
    spanId: hexId(`${key} ${index}`, 16),
    name: 'get',
    startTimeUnixNano: at(index),
    endTimeUnixNano: at(index + 1),
    attributes: [],
    ...span,
  }));
  const { scope, resource } = AROUND;
  return plain('traces', key, encodeTraces([{ resource, scopes: [{ scope, records }] }], 'protobuf'));
}

function plain(signal: 'logs' | 'traces', idempotencyKey: string, body: Buffer): PlainRequest {
  const ids = idsByDigest(requestDigest({ tenant: 'any', signal, idempotencyKey, body }));
  const request = PlainRequest.of(signal, body, { arrivalNanos: BigInt(at(3_600)), ids });
  if (!request) throw new Error('the request is not plain');
  return request;
}
