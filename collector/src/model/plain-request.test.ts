import { describe, expect, it } from 'vitest';
import { decodeEntry } from './decode-entry.ts';
import { PlainRequest } from './plain-request.ts';
import { idsByPosition } from './record-ids.ts';
import { logsBody } from './testing/logs-body.ts';

const CONTEXT = { arrivalNanos: 5n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset: 2 }) };

describe('PlainRequest.again', () => {
  it('gives what the first look at the body gave, records and ids', () => {
    const body = logsBody(['one', 'two', 'three']);
    const first = PlainRequest.of('logs', body, CONTEXT);
    const again = decodeEntry({ signal: 'logs', encoding: 'protobuf', body }, CONTEXT, { makesPlain: true, isPlain: true }).plain;
    expect(again?.records().map(({ id, message }) => [id.slice(-2), message])).toEqual([
      ['00', 'one'],
      ['01', 'two'],
      ['02', 'three'],
    ]);
    expect(again?.records()).toEqual(first?.records());
    expect(again?.parts).toEqual(first?.parts);
  });

  it('says so where that is none', () => {
    expect(() => PlainRequest.again('logs', Buffer.from([0x12]), CONTEXT)).toThrow('none any more');
  });
});
