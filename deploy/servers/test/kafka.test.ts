import { expect } from 'vitest';
import { exchange } from '../exchange.mjs';
import { describeServer } from './describe-server.ts';

/** Types of Kafka's protocol: https://kafka.apache.org/protocol */
function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
function string(text: string): Buffer {
  return Buffer.concat([int16(text.length), Buffer.from(text)]);
}

/** The answer's body, behind its length and the correlation id. */
async function ask(port: number, { api, version }: { api: number; version: number }, ...body: Buffer[]): Promise<Buffer> {
  const request = Buffer.concat([int16(api), int16(version), int32(1), string('test'), ...body]);
  const answer = await exchange(port, Buffer.concat([int32(request.length), request]), {
    isWhole: (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0),
    timeoutMillis: 30_000,
  });
  return answer?.subarray(8) ?? Buffer.alloc(0);
}

describeServer('kafka', async ({ port }) => {
  const name = string('orders');
  const partitions = int32(3);
  const replicas = int16(1);
  const topic = Buffer.concat([name, partitions, replicas, int32(0), int32(0)]);
  const created = await ask(port, { api: 19, version: 2 }, int32(1), topic, int32(20_000), Buffer.from([0]));
  // No throttling, one topic, no error, no message.
  expect(created).toEqual(Buffer.concat([int32(0), int32(1), name, int16(0), int16(-1)]));
  // It is made; that every request knows of it may take a moment.
  await expect
    .poll(() => ask(port, { api: 3, version: 1 }, int32(1), name), { timeout: 20_000 })
    .toSatisfy((metadata: Buffer) => {
      const at = metadata.indexOf(name);
      return at > 2 && metadata.readInt16BE(at - 2) === 0 && metadata.readInt32BE(at + name.length + 1) === 3;
    });
});
