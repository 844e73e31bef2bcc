import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { frameMessage, percentEncoded, readMessage } from './grpc-message.ts';

describe('a message', () => {
  it('is read as it was framed', async () => {
    for (const message of [Buffer.alloc(0), Buffer.from('hello')])
      expect(await readMessage(frameMessage(message), undefined)).toEqual(message);
  });

  it('is unpacked where it says so, whatever the call could do', async () => {
    const packed = frameMessage(gzipSync(Buffer.from('hello')));
    packed.writeUInt8(1, 0);
    expect(await readMessage(packed, 'gzip')).toEqual(Buffer.from('hello'));
    expect(await readMessage(frameMessage(Buffer.from('hello')), 'gzip')).toEqual(Buffer.from('hello'));
  });

  it('of no bytes is empty in any encoding', async () => {
    const packed = frameMessage(Buffer.alloc(0));
    packed.writeUInt8(1, 0);
    expect(await readMessage(packed, 'gzip')).toHaveLength(0);
  });

  it('is one', async () => {
    await expect(readMessage(Buffer.alloc(4), undefined)).rejects.toThrow('the call has no message');
    const two = Buffer.concat([frameMessage(Buffer.from('a')), frameMessage(Buffer.from('b'))]);
    await expect(readMessage(two, undefined)).rejects.toThrow('the message should have 1 bytes and the call has 7');
  });
});

it.each([
  ['at byte 5', 'at byte 5'],
  ['100 %', '100 %25'],
  ['줄\n', '%EC%A4%84%0A'],
])('writes %j as a status has it', (text, expected) => {
  expect(percentEncoded(text)).toBe(expected);
  expect(decodeURIComponent(percentEncoded(text))).toBe(text);
});
