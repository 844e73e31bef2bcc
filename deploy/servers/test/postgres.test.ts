import { expect } from 'vitest';
import { exchange } from '../exchange.mjs';
import { describeServer } from './describe-server.ts';

/** A message of protocol 3.0: its type, except for the first one, its length and its body. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const STARTUP = message('', Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0'));

describeServer('postgres', async ({ port }) => {
  const query = message('Q', Buffer.from(`select 'answer ' || 6 * 7\0`));
  const answer = await exchange(port, Buffer.concat([STARTUP, query]), {
    isWhole: (bytes) => bytes.includes('SELECT 1\0Z'),
    timeoutMillis: 10_000,
  });
  expect(answer?.toString('latin1')).toContain('answer 42');
});
