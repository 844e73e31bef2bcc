import { expect } from 'vitest';
import { exchange } from '../exchange.mjs';
import { describeServer } from './describe-server.ts';

type Value = number | string | readonly Value[] | { readonly [key: string]: Value };

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** As much of BSON as the commands below need: https://bsonspec.org/spec.html */
function bson(document: object): Buffer {
  const elements = Object.entries(document).map(([name, value]: [string, Value]) => {
    const [type, bytes] = bsonValue(value);
    return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), bytes]);
  });
  const body = Buffer.concat([...elements, Buffer.from([0])]);
  return Buffer.concat([int32(4 + body.length), body]);
}

function bsonValue(value: Value): [type: number, bytes: Buffer] {
  if (typeof value === 'number') return [0x10, int32(value)];
  if (typeof value === 'string') return [0x02, Buffer.concat([int32(value.length + 1), Buffer.from(`${value}\0`)])];
  return [Array.isArray(value) ? 0x04 : 0x03, bson(value)];
}

/** Sends a command in an OP_MSG with one section. */
async function command(port: number, document: { readonly [key: string]: Value }): Promise<string> {
  const body = Buffer.concat([int32(0), Buffer.from([0]), bson({ ...document, $db: 'shop' })]);
  const request = Buffer.concat([int32(16 + body.length), int32(1), int32(0), int32(2013), body]);
  const isWhole = (bytes: Buffer) => bytes.length >= 4 && bytes.length >= bytes.readInt32LE(0);
  return (await exchange(port, request, { isWhole, timeoutMillis: 10_000 }))?.toString('latin1') ?? '';
}

describeServer('mongo', async ({ port }) => {
  // \x10: a 32-bit integer follows.
  expect(await command(port, { isMaster: 1 })).toContain('\x10maxWireVersion\0\x0d\0\0\0');
  await command(port, { insert: 'orders', documents: [{ _id: 7, color: 'blue' }] });
  const found = await command(port, { find: 'orders', filter: { _id: 7 } });
  expect(found).toContain('color\0\x05\0\0\0blue\0');
  expect(await command(port, { find: 'orders', filter: { _id: 8 } })).not.toContain('blue');
});
