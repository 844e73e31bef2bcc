import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/query/openapi/operations.ts';
import type { ParameterNames } from '../../src/query/parameters/parameters.ts';
import { apiRoutes } from '../../src/query/routes/api-routes.ts';
import { openApiPath } from '../../src/query/routes/openapi-route.ts';
import { savedSearchWrites } from '../../src/query/saved-searches/saved-search-routes.ts';
import { streamRoutes } from '../../src/query/streams/stream-routes.ts';
import { recordArrivals } from '../../src/storage/embedded/arrivals/record-arrivals.ts';
import { LOGS, SPANS } from '../storage-contract/fixtures.ts';
import { DOCUMENT, describeMismatch, validate } from './openapi-check.ts';
import { QUIET_COLLECTOR, type QueryApi, startQueryApi } from './query-api.ts';

const STREAMS = new Map(OPERATIONS.flatMap(({ path, stream }) => (stream ? [[path, stream.mediaTypes] as const] : [])));
const NO_NAMES: ParameterNames = { single: [] };
const ALL_TIME = 'from=0&to=2200-01-01T00:00:00Z&limit=1000';

describe('the OpenAPI document', () => {
  let api: QueryApi;
  beforeAll(async () => {
    api = await startQueryApi();
    await api.write({ logs: LOGS, spans: SPANS });
  });
  afterAll(() => api.stop());

  it('is what the API serves', async () => {
    expect(JSON.parse((await api.send(openApiPath)).text)).toEqual(JSON.parse(JSON.stringify(DOCUMENT)));
  });

  it('has every route of the API with every parameter of it, and no other', () => {
    const described = OPERATIONS.map(({ path, method, parameters }) => [
      method ?? 'get',
      path,
      parameters.flatMap((parameter) => (parameter.in === 'header' ? [] : [parameter.name])).toSorted(),
    ]);
    const options = { version: '', otlpHttpUrl: '', otlpGrpcUrl: '', collector: QUIET_COLLECTOR, searches: api.searches };
    const { arrivals } = recordArrivals(api.storage);
    const reads = [...streamRoutes({ arrivals }), ...apiRoutes(options)].map((route) => ({ method: 'get', ...route }));
    const writes = savedSearchWrites(api.searches).map((route) => ({ ...route, names: NO_NAMES }));
    const routes = [...reads, ...writes].map(({ method, path, names }) => {
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
      return [method, path.replace(/:(\w+)/g, '{$1}'), [...inPath, ...names.single, ...(names.repeated ?? [])].toSorted()];
    });
    expect(described.toSorted()).toEqual(routes.toSorted());
  });

  it('has an example of each answer and each error that is as its schema says', () => {
    const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) => Object.values(methods).map((one) => ({ path, ...one })));
    for (const { path, responses } of operations) {
      for (const [status, response] of Object.entries(responses)) {
        if (path === openApiPath && status === '200') continue;
        if (status === '200' && STREAMS.has(path)) {
          expect(Object.keys(response.content), path).toEqual(STREAMS.get(path));
          continue;
        }
        const { schema, example } = response.content['application/json'];
        expect(validate(schema.$ref, example), `${path} ${status}`).toBe('');
      }
    }
  });

  it('refers to nothing that it does not have', () => {
    for (const [, reference] of JSON.stringify(DOCUMENT).matchAll(/"\$ref":"(#[^"]+)"/g)) {
      expect(validate(reference ?? '', {}), reference).not.toContain('is not in the document');
    }
  });

  it('finds a wrong answer wrong', () => {
    expect(describeMismatch('/api/v1/services', { status: 200 }, { services: [{ name: 5 }] })).not.toBe('');
    expect(describeMismatch('/api/v1/logs', { status: 200 }, { records: [], surprise: true })).not.toBe('');
    expect(describeMismatch('/api/v1/logs', { status: 418 }, {})).not.toBe('');
    const error = { code: 'name_taken', message: 'of another operation' };
    expect(describeMismatch('/api/v1/logs', { status: 400 }, { error })).toContain('name_taken');
  });

  it('describes every fixture of the storages, each kind of value and every error of an endpoint', async () => {
    // `get` and `send` hold each answer to the document.
    const logs = await api.get<{ records: { id: string }[] }>(`/api/v1/logs?${ALL_TIME}`);
    expect(logs.records.length).toBeGreaterThan(50);
    for (const { id } of logs.records) await api.get(`/api/v1/logs/${encodeURIComponent(id)}`);
    const traces = await api.get<{ traces: { traceId: string }[] }>(`/api/v1/traces?${ALL_TIME}`);
    expect(traces.traces.length).toBeGreaterThan(3);
    for (const { traceId } of traces.traces) await api.get(`/api/v1/traces/${traceId}`);
    await api.get('/api/v1/services');
    await api.get('/api/v1/status');
    await api.get('/api/v1/dead-letters');
    await api.get('/api/v1/logs/histogram?from=0&to=2200-01-01T00:00:00Z');
    for (const { path } of OPERATIONS.filter(({ parameters }) => parameters.some((parameter) => parameter.in === 'query'))) {
      const response = await api.send(`${path.replace(/\{[^}]+\}/g, 'ab'.repeat(16))}?unknown=1`);
      expect(response.status, path).toBe(400);
    }
  });
});
