import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BSON } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setFlow } from '../correlation/flow.ts';
import { collectEnded } from '../traces/ended-spans.test-support.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { patchMongodb } from './mongodb.ts';

interface Replies {
  readonly MongoDBResponse: { make(bytes: Uint8Array): object };
}

const { MongoDBResponse }: Replies = createRequire(import.meta.url)('mongodb/lib/cmap/wire_protocol/responses.js');
const DUPLICATE = { index: 0, code: 11000, errmsg: 'secret' };
let ended: ReadableSpan[] = [];

/** A connection of the driver's whose server answers as the test says. */
class Connection {
  readonly address = 'db.local:27017';
  readonly #reply: object;
  constructor(reply: object) {
    this.#reply = reply;
  }
  async command(_namespace: object, _command: object): Promise<object> {
    return this.#reply;
  }
}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  ended = collectEnded();
  patchMongodb({ Connection });
});
afterAll(() => {
  context.disable();
  trace.disable();
});

async function spanOf(reply: object): Promise<ReadableSpan | undefined> {
  const flow = setFlow(context.active(), { id: 'order-7', external: undefined });
  await context.with(flow, () => new Connection(reply).command({ db: 'shop' }, { insert: 'users', documents: [] }));
  return ended.pop();
}

function undecoded(reply: object): object {
  return MongoDBResponse.make(BSON.serialize(reply));
}

it.each([
  ['no error', { ok: 1, n: 1 }, undefined],
  ['write errors', { ok: 1, n: 0, writeErrors: [DUPLICATE, { ...DUPLICATE, code: 121 }] }, '11000'],
  ['an empty list of them', { ok: 1, n: 1, writeErrors: [] }, undefined],
  ['a write concern that is not met', { ok: 1, n: 1, writeConcernError: { code: 64, errmsg: 'secret' } }, '64'],
])('a reply with %s has the span say so, decoded or not', async (_, reply, code) => {
  for (const answer of [undecoded(reply), reply]) {
    const span = await spanOf(answer);
    expect([span?.attributes['db.response.status_code'], span?.attributes['error.type']]).toEqual([code, code]);
    expect(span?.status).toEqual({ code: code === undefined ? 0 : 2 });
  }
});

it.each([
  [{ ok: 1, nErrors: 1, cursor: { id: 0n, firstBatch: [{ ok: 0, idx: 0, code: 11000 }], ns: 'admin.$cmd' } }, 2, '11000'],
  [{ ok: 1, nErrors: 0, cursor: { id: 0n, firstBatch: [], ns: 'admin.$cmd' } }, 0, undefined],
])('a client’s bulk write has its first error', async (reply, status, code) => {
  const span = await spanOf(undecoded(reply));
  expect([span?.status.code, span?.attributes['error.type']]).toEqual([status, code]);
});

it('a reply is not decoded for it', async () => {
  const answer = undecoded({ ok: 1, n: 0, writeErrors: [DUPLICATE] });
  const toObject = (): never => {
    throw new Error('it was decoded');
  };
  Object.defineProperty(answer, 'toObject', { value: toObject });
  expect((await spanOf(answer))?.attributes['error.type']).toBe('11000');
});
