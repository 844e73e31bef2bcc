import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const SIGNALS_APART = { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' };
const DEFAULT_REQUESTS = { headers: {}, timeoutMillis: 5000, compression: 'none', certificates: {} };

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toMatchObject({
      enabled: true,
      serviceName: undefined,
      collector: {
        tracesUrl: 'http://localhost:4318/v1/traces',
        logsUrl: 'http://localhost:4318/v1/logs',
        requests: { traces: DEFAULT_REQUESTS, logs: DEFAULT_REQUESTS },
      },
      allowedHosts: [],
      correlationHeaders: ['x-correlation-id'],
      traceContextTo: 'all',
      spanLimits: { maxLinks: 1000 },
      messageParent: 'producer',
      conventions: 'pinned',
    });
  });
  it('reads the environment, and options before it', () => {
    const environment = {
      OTEL_SERVICE_NAME: 'from-environment',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/base/',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs.example/other',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b, X-Second = 2',
      OTEL_TRACES_EXPORTER: 'none',
      THREADLINE_SDK_INGEST_KEY: 'secret',
      THREADLINE_SDK_CORRELATION_HEADERS: 'X-Request-Id, x-correlation-id',
      THREADLINE_SDK_ALLOWED_HOSTS: 'a.example,*.b.example',
      THREADLINE_STORAGE: 'the collector’s own',
    };
    expect(readConfig(environment)).toMatchObject({
      serviceName: 'from-environment',
      collector: {
        tracesUrl: undefined,
        logsUrl: 'http://logs.example/other',
        requests: { logs: { headers: { 'x-tenant': 'a b', 'x-second': '2', authorization: 'Bearer secret' } } },
      },
      allowedHosts: ['a.example', '*.b.example'],
      correlationHeaders: ['x-request-id', 'x-correlation-id'],
    });
    expect(readConfig(environment, { serviceName: 'code', endpoint: 'http://127.0.0.1:1' })).toMatchObject({
      serviceName: 'code',
      collector: { logsUrl: 'http://127.0.0.1:1/v1/logs' },
    });
  });
  it.each([
    ['http://c:4318/pre?key=1', 'http://c:4318/pre/v1/logs?key=1'],
    ['http://c:4318/pre/?key=1#part', 'http://c:4318/pre/v1/logs?key=1'],
    ['http://c:4318#part', 'http://c:4318/v1/logs'],
    ['http://c:4318//', 'http://c:4318/v1/logs'],
  ])('puts the path of a signal before the query of %s and sends no fragment', (endpoint, logsUrl) => {
    expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).collector.logsUrl).toBe(logsUrl);
    expect(readConfig({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${logsUrl}#part` }).collector.logsUrl).toBe(logsUrl);
  });
  it('reads headers, time, compression and certificates of each signal, else those of both', () => {
    const certificate = fileURLToPath(new URL('../test/fixtures/tls/certificate.pem', import.meta.url));
    const { requests } = readConfig({
      OTEL_EXPORTER_OTLP_HEADERS: 'x-both=1,x-one=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'X-One=2',
      OTEL_EXPORTER_OTLP_TIMEOUT: '99999999999',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '7',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_CERTIFICATE: certificate,
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: certificate,
    }).collector;
    const pem = readFileSync(certificate, 'utf8');
    expect(requests).toEqual({
      // No timer waits longer than this.
      traces: { headers: { 'x-both': '1', 'x-one': '2' }, timeoutMillis: 2 ** 31 - 1, compression: 'gzip', certificates: { ca: pem } },
      logs: { headers: { 'x-both': '1', 'x-one': '1' }, timeoutMillis: 7, compression: 'none', certificates: { ca: pem, key: pem } },
    });
  });
  it('reads how each signal is put into batches: of log records what is said of spans, where nothing is said of them', () => {
    const defaults = { delayMillis: 500, maxQueueItems: 8192, maxBatchItems: 512 };
    const batchingOf = (environment: Readonly<Record<string, string>>): object => readConfig(environment).collector.batching;
    expect(batchingOf({})).toEqual({ traces: defaults, logs: defaults });
    expect(batchingOf({ OTEL_BSP_SCHEDULE_DELAY: '9', OTEL_BSP_MAX_QUEUE_SIZE: '100' })).toEqual({
      traces: { delayMillis: 9, maxQueueItems: 100, maxBatchItems: 100 },
      logs: { delayMillis: 9, maxQueueItems: 100, maxBatchItems: 100 },
    });
    expect(
      batchingOf({
        OTEL_BSP_SCHEDULE_DELAY: '9',
        OTEL_BLRP_SCHEDULE_DELAY: '7',
        OTEL_BLRP_MAX_QUEUE_SIZE: '64',
        OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '8',
      }),
    ).toEqual({ traces: { ...defaults, delayMillis: 9 }, logs: { delayMillis: 7, maxQueueItems: 64, maxBatchItems: 8 } });
  });
  it('reads the protocol of each signal, else that of both', () => {
    const encodingsOf = (environment: Readonly<Record<string, string>>): object => readConfig(environment).collector.encodings;
    expect(encodingsOf({})).toEqual({ traces: 'protobuf', logs: 'protobuf' });
    expect(encodingsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })).toEqual({ traces: 'json', logs: 'json' });
    expect(encodingsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' })).toEqual({
      traces: 'protobuf',
      logs: 'json',
    });
    expect(encodingsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...SIGNALS_APART })).toEqual({ traces: 'json', logs: 'json' });
    expect(encodingsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual({ traces: 'protobuf', logs: 'protobuf' });
    expect(encodingsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' })).toEqual({
      traces: 'json',
      logs: 'json',
    });
  });
  it.each([
    [{ THREADLINE_SDK_TRUST: 'x' }, 'THREADLINE_SDK_TRUST: expected all, none or address ranges such as 10.0.0.0/8, got "x"'],
    [
      { THREADLINE_SDK_ALLOWED_HOSTS: 'a:80' },
      'THREADLINE_SDK_ALLOWED_HOSTS: expected host names, *.suffixes, addresses or ranges without a port, got "a:80"',
    ],
    [
      { THREADLINE_SDK_CORRELATION_HEADERS: 'x y' },
      'THREADLINE_SDK_CORRELATION_HEADERS: expected header names joined by commas, got "x y"',
    ],
    [
      { THREADLINE_SDK_CORRELATION_HEADERS: 'x-request-id,Host' },
      'THREADLINE_SDK_CORRELATION_HEADERS: expected a header that has no other meaning, got "host"',
    ],
    [{ THREADLINE_SDK_TRACE_CONTEXT_TO: 'some' }, 'THREADLINE_SDK_TRACE_CONTEXT_TO: expected all or allowed, got "some"'],
    [{ THREADLINE_SDK_INGEST_KEY: 'a b' }, 'THREADLINE_SDK_INGEST_KEY: expected printable characters without blanks, got "…"'],
    [{ THREADLINE_SDK_PORT: '1' }, 'THREADLINE_SDK_PORT: unknown setting; docs/sdk.md has those that there are'],
    [{ THREADLINE_SDK_INGESTKEY: 'a' }, 'THREADLINE_SDK_INGESTKEY: unknown setting, did you mean THREADLINE_SDK_INGEST_KEY?'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://x' },
      'OTEL_EXPORTER_OTLP_ENDPOINT: expected an address such as http://localhost:4318, got "ftp://x"',
    ],
    [{ THREADLINE_SDK_MESSAGE_PARENT: 'both' }, 'THREADLINE_SDK_MESSAGE_PARENT: expected producer or link, got "both"'],
    [
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem' },
      'OTEL_EXPORTER_OTLP_CERTIFICATE: expected the path of a PEM file that can be read, got "/nowhere.pem"',
    ],
    [{ OTEL_BLRP_MAX_QUEUE_SIZE: 'many' }, 'OTEL_BLRP_MAX_QUEUE_SIZE: expected a whole number of at least 1, got "many"'],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: '0' }, 'OTEL_EXPORTER_OTLP_TIMEOUT: expected a whole number of at least 1, got "0"'],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      'OTEL_TRACES_SAMPLER_ARG: expected a ratio from 0 to 1, got "2"',
    ],
  ])('refuses %j in one line', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(expect.objectContaining({ name: 'ThreadlineError', message }));
  });
  it.each([
    ['http,messaging', 'latest'],
    ['messaging, messaging/dup', 'both'],
    ['http/dup', 'pinned'],
  ])('reads OTEL_SEMCONV_STABILITY_OPT_IN=%s for messaging alone', (text, conventions) => {
    expect(readConfig({ OTEL_SEMCONV_STABILITY_OPT_IN: text }).conventions).toBe(conventions);
  });
  it.each([
    ['secret-without-name', 'pairs such as name=value, got "…"'],
    ['=secret', 'pairs such as name=value, got "…"'],
    ['Bearer secret=', 'pairs such as name=value, got "…"'],
    ['x-key=secret%', 'values with % as %25, got "x-key=…"'],
    ['x-key=secret%0Asecret', 'values of one line, without characters beyond Latin-1, got "x-key=…"'],
    ['x-key=secret€', 'values of one line, without characters beyond Latin-1, got "x-key=…"'],
  ])('refuses OTEL_EXPORTER_OTLP_HEADERS=%s, which could not be sent, without showing a value', (text, told) => {
    const message = `OTEL_EXPORTER_OTLP_HEADERS: expected ${told}`;
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_HEADERS: text })).toThrow(expect.objectContaining({ name: 'ThreadlineError', message }));
  });
});
