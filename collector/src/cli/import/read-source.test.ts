import { Readable } from 'node:stream';
import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { makeBatches } from './import-batch.ts';
import { readPieces } from './read-pieces.ts';
import { readSource } from './read-source.ts';

const RECORD = { observedTimeUnixNano: '0', attributes: [], resource: { attributes: [] }, scope: { attributes: [] } };
const LINES = Array.from({ length: 3_000 }, (_, number) => {
  const noise = deflateRawSync(String(number * 7_919)).toString('base64');
  return `${JSON.stringify({ ...RECORD, timeUnixNano: String(number), body: { stringValue: noise } })}\n`;
}).join('');

async function readCut(packed: Buffer): Promise<{ readonly records: number; readonly error: unknown }> {
  const source = { name: 'a.gz', keyName: 'a', bytes: packed.length, open: () => Readable.from([packed]) };
  let records = 0;
  try {
    for await (const batch of makeBatches(readPieces(readSource(source, () => undefined)))) {
      if ('problem' in batch) expect.unreachable(batch.problem);
      records += batch.count;
    }
  } catch (error) {
    return { records, error };
  }
  return { records, error: undefined };
}

it('gives all whole lines of a gzip that is cut off, wherever that is, and then fails', async () => {
  const packed = gzipSync(LINES);
  for (const length of [30, 1_000, 17_000, Math.floor(packed.length / 2), packed.length - 3]) {
    const cut = packed.subarray(0, length);
    const whole = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }).filter((byte) => byte === 0x0a).length;
    expect(await readCut(cut)).toEqual({ records: whole, error: expect.objectContaining({ code: 'Z_BUF_ERROR' }) });
  }
  expect(await readCut(packed)).toEqual({ records: 3_000, error: undefined });
});
