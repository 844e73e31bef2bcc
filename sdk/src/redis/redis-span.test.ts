import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectEnded } from '../traces/ended-spans.test-support.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { endRedisBatchSpan } from './redis-span.ts';

let ended: ReadableSpan[] = [];
beforeAll(() => {
  ended = collectEnded();
});
afterAll(() => trace.disable());

const WRONG_TYPE = new Error('WRONGTYPE Operation against a key');
const ABORTED = new Error('EXECABORT Transaction discarded because of previous errors.');
const CLOSED = new Error('Connection is closed.');

it.each([
  ['no replies', undefined, undefined],
  ['replies alone', ['OK', 7, ['a', 'b'], []], undefined],
  ['an error among replies', ['OK', WRONG_TYPE, ABORTED], 'WRONGTYPE'],
  [
    'pairs without an error',
    [
      [null, 'OK'],
      [null, ['a']],
    ],
    undefined,
  ],
  ['a pair with an error', [[null, 'OK'], [WRONG_TYPE]], 'WRONGTYPE'],
  [
    'a transaction that was discarded',
    [
      [null, 'OK'],
      [WRONG_TYPE, undefined],
      [ABORTED, undefined],
    ],
    'WRONGTYPE',
  ],
  [
    'a transaction with an error',
    [
      [null, 'OK'],
      [null, 'QUEUED'],
      [null, [1, WRONG_TYPE]],
    ],
    'WRONGTYPE',
  ],
  ['a server that is gone', [[CLOSED], [CLOSED]], 'Error'],
])('a batch with %s fails with the first error', (_, replies, type) => {
  endRedisBatchSpan(trace.getTracer('test').startSpan('MULTI'), replies);
  const span = ended.at(-1);
  expect([span?.status.code, span?.attributes['error.type']]).toEqual([type === undefined ? 0 : 2, type]);
});
