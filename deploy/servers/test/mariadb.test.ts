import { expect } from 'vitest';
import { exchange } from '../exchange.mjs';
import { describeServer } from './describe-server.ts';

/** CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION and CLIENT_CONNECT_WITH_DB. */
const CAPABILITIES = 0x200 | 0x8000 | 0x8;
const UTF8MB4 = 45;
const COM_QUERY = 3;

/** A packet: the length of its body in three bytes, its number, its body. */
function packet(number: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = number;
  return Buffer.concat([head, body]);
}

function handshakeResponse(): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(CAPABILITIES, 0);
  head[8] = UTF8MB4;
  // Without a password there is nothing that the server's greeting would be needed for.
  return packet(1, Buffer.concat([head, Buffer.from('root\0\0test\0')]));
}

describeServer('mariadb', async ({ port }) => {
  const query = packet(0, Buffer.concat([Buffer.from([COM_QUERY]), Buffer.from("select concat('answer ', 6 * 7)")]));
  const answer = await exchange(port, Buffer.concat([handshakeResponse(), query]), {
    isWhole: (bytes) => bytes.includes('answer 42'),
    timeoutMillis: 10_000,
  });
  expect(answer?.toString('latin1')).toContain('answer 42');
});
