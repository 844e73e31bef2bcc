import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killApps, startApp } from './app-process.ts';

/**
 * What W3C Trace Context asks of a service, level 2 included, tried on Express 5 under the SDK: the cases of the W3C's own
 * validation harness, which needs Python. That one is run by hand; see docs/adr/0022.
 */

const TRACE = '12345678901234567890123456789012';
const PARENT = '1234567890123456';
const SAMPLED = `00-${TRACE}-${PARENT}-01`;
const NOT_SAMPLED = `00-${TRACE}-${PARENT}-00`;
const TRACE_PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

type Headers = readonly (readonly [name: string, value: string])[];

let harness: Server;
let service = '';
/** What the service called the harness with, by path. */
const called = new Map<string, IncomingHttpHeaders>();

beforeAll(async () => {
  harness = createServer((incoming, response) => {
    called.set(incoming.url ?? '', incoming.headers);
    response.end();
  });
  await new Promise<void>((resolve) => harness.listen(0, '127.0.0.1', resolve));
  const app = startApp({ script: 'asks-back.mjs', env: { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } });
  service = `http://127.0.0.1:${(await app.ready()).express}/test`;
});
afterAll(async () => {
  await killApps();
  harness.closeAllConnections();
  await new Promise((resolve) => harness.close(resolve));
});

interface Context {
  readonly traceId: string;
  readonly parentId: string;
  readonly flags: string;
  readonly state: string;
}

/** What the service hands on of a request with these headers, in each of so many calls. */
async function handedOn(headers: Headers, calls = 1): Promise<Context[]> {
  called.clear();
  const { port } = harness.address() as AddressInfo;
  const paths = Array.from({ length: calls }, (_, index) => `/${index}`);
  const body = JSON.stringify(paths.map((path) => ({ url: `http://127.0.0.1:${port}${path}`, arguments: [] })));
  await new Promise<void>((resolve, reject) => {
    const all = [...headers, ['content-type', 'application/json'], ['content-length', String(body.length)], ['host', 'service']].flat();
    const asked = request(service, { method: 'POST', headers: all, agent: false }, (response) => {
      response.on('end', resolve).resume();
    });
    asked.on('error', reject).end(body);
  });
  return paths.map((path) => {
    const { traceparent = '', tracestate = '' } = called.get(path) ?? {};
    const match = TRACE_PARENT.exec(String(traceparent));
    if (match === null) throw new Error(`no valid traceparent: ${String(traceparent)}`);
    const [, traceId = '', parentId = '', flags = ''] = match;
    return { traceId, parentId, flags, state: String(tracestate) };
  });
}

async function handedOnOnce(headers: Headers): Promise<Context> {
  const [context] = await handedOn(headers);
  if (context === undefined) throw new Error('the service made no call');
  return context;
}

describe('traceparent', () => {
  it('is made where there is none', async () => {
    expect((await handedOnOnce([])).traceId).not.toBe(TRACE);
  });

  it.each([
    ['traceparent', SAMPLED],
    ['TraceParent', SAMPLED],
    ['TRACEPARENT', SAMPLED],
    ['traceparent', ` ${SAMPLED}`],
    ['traceparent', `\t${SAMPLED}`],
    ['traceparent', `${SAMPLED} `],
    ['traceparent', `\t ${SAMPLED} \t`],
    ['traceparent', `cc-${TRACE}-${PARENT}-01`],
    ['traceparent', `cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`],
  ])('%s: %j goes on, with another parent', async (name, value) => {
    const { traceId, parentId } = await handedOnOnce([[name, value]]);
    expect(traceId).toBe(TRACE);
    expect(parentId).not.toBe(PARENT);
  });

  it.each([
    ['trace-parent', SAMPLED],
    ['trace.parent', SAMPLED],
    ...[
      `${SAMPLED}.`,
      `${SAMPLED}-what-the-future-will-be-like`,
      `cc-${TRACE}-${PARENT}-01.what-the-future-will-be-like`,
      `ff-${TRACE}-${PARENT}-01`,
      `.0-${TRACE}-${PARENT}-01`,
      `0.-${TRACE}-${PARENT}-01`,
      `000-${TRACE}-${PARENT}-01`,
      `0000-${TRACE}-${PARENT}-01`,
      `0-${TRACE}-${PARENT}-01`,
      `00-${'0'.repeat(32)}-${PARENT}-01`,
      `00-.${TRACE.slice(1)}-${PARENT}-01`,
      `00-${TRACE.slice(1)}.-${PARENT}-01`,
      `00-${TRACE}3-${PARENT}-01`,
      `00-${TRACE.slice(1)}-${PARENT}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE}-.${PARENT.slice(1)}-01`,
      `00-${TRACE}-${PARENT.slice(1)}.-01`,
      `00-${TRACE}-${PARENT}7-01`,
      `00-${TRACE}-${PARENT.slice(1)}-01`,
      `00-${TRACE}-${PARENT}-.0`,
      `00-${TRACE}-${PARENT}-0.`,
      `00-${TRACE}-${PARENT}-001`,
      `00-${TRACE}-${PARENT}-1`,
    ].map((value): [string, string] => ['traceparent', value]),
  ])('%s: %s begins a new trace', async (name, value) => {
    const { traceId } = await handedOnOnce([[name, value]]);
    expect(value).not.toContain(traceId);
  });

  it('that comes twice begins a new trace', async () => {
    const other = `00-${TRACE.slice(0, -1)}1-${PARENT}-01`;
    const { traceId } = await handedOnOnce([
      ['traceparent', other],
      ['traceparent', SAMPLED],
    ]);
    expect(`${other} ${SAMPLED}`).not.toContain(traceId);
  });

  it('keeps the flag that its id is random', async () => {
    expect((await handedOnOnce([['traceparent', `00-${TRACE}-${PARENT}-02`]])).flags).toBe('02');
    expect((await handedOnOnce([['traceparent', `00-${TRACE}-${PARENT}-03`]])).flags).toBe('03');
    expect((await handedOnOnce([['traceparent', SAMPLED]])).flags).toBe('01');
  });

  it.each([
    ['a valid one', [['traceparent', SAMPLED]]],
    ['none', []],
    ['one that is not valid', [['traceparent', `00-${'0'.repeat(32)}-${PARENT}-01`]]],
  ] satisfies [string, Headers][])('has another parent in each of several calls after %s', async (what, headers) => {
    const contexts = await handedOn(headers, 3);
    expect(new Set(contexts.map(({ parentId }) => parentId)).size).toBe(3);
    const traceIds = new Set(contexts.map(({ traceId }) => traceId));
    expect(traceIds.size).toBe(1);
    expect(traceIds.has(TRACE)).toBe(what === 'a valid one');
  });
});

describe('tracestate', () => {
  const members = (count: number): string[] => Array.from({ length: count }, (_, index) => `bar${index}=${index}`);
  const key = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/';
  const value = Array.from({ length: 0x5f }, (_, index) => String.fromCharCode(0x20 + index)).filter((one) => one !== ',' && one !== '=');

  it('without a traceparent counts for nothing', async () => {
    expect((await handedOnOnce([['tracestate', 'foo=1,bar=2']])).state).toBe('');
  });

  it.each([
    ['as it is', ['foo=1,bar=2'], 'foo=1,bar=2'],
    ['from several headers, in their order', ['foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'], 'foo=1,bar=2,rojo=1,congo=2,baz=3'],
    ['without empty headers', ['', 'foo=1', ''], 'foo=1'],
    ['empty', [''], ''],
    ['without blanks around members', ['\t foo=1 \t , \t bar=2,\t baz=3 \t'], 'foo=1,bar=2,baz=3'],
    ['with all characters that are allowed', [`${key}=${value.join('')}`], `${key}=${value.join('')}`],
    ['with all characters of a tenant’s key', [`${key}@a-z0-9_-*/=1`], `${key}@a-z0-9_-*/=1`],
    ['with at signs wherever they may be', ['foo@=1,foo@@bar=2,foo@bar@baz=3'], 'foo@=1,foo@@bar=2,foo@bar@baz=3'],
    ['with the longest key', ['foo=1', `${'z'.repeat(256)}=1`], `foo=1,${'z'.repeat(256)}=1`],
    ['with 32 members', [members(32).join(',')], members(32).join(',')],
  ] satisfies [string, string[], string][])('goes on %s', async (_what, states, expected) => {
    const { traceId, state } = await handedOnOnce([
      ['TraceParent', NOT_SAMPLED],
      ...states.map((one): [string, string] => ['TraceState', one]),
    ]);
    expect(traceId).toBe(TRACE);
    expect(state).toBe(expected);
  });

  it('keeps one of two members of the same key', async () => {
    expect(
      (
        await handedOnOnce([
          ['traceparent', NOT_SAMPLED],
          ['tracestate', 'foo=1,foo=2'],
        ])
      ).state,
    ).toMatch(/^foo=[12]$/);
  });

  it.each([
    ['trace-state', 'foo=1'],
    ['trace.state', 'foo=1'],
    ...['foo =1', 'FOO=1', 'foo.bar=1', '@foo=1', `${'z'.repeat(257)}=1`, 'foo=bar=baz', 'foo=', members(33).join(',')].map(
      (state): [string, string] => ['tracestate', `first=1,${state}`],
    ),
  ])('%s: %s counts for nothing, while the trace goes on', async (name, state) => {
    const context = await handedOnOnce([
      ['traceparent', NOT_SAMPLED],
      [name, state],
    ]);
    expect(context).toMatchObject({ traceId: TRACE, state: '' });
  });
});
