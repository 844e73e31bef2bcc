import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Batch, createBatchKey } from '../batch.ts';
import { decodeRecord, encodeRecord, findRecords, recordFacts, SETTLED_BYTE } from './batch-record.ts';

function createBatch(text: string): Batch {
  return { signal: 'logs', key: createBatchKey(), itemCount: text.length, createdMillis: 1_700_000_000_123, body: Buffer.from(text) };
}

function recordOf(text: string): Buffer {
  const batch = createBatch(text);
  return encodeRecord(batch, batch.body, false);
}

function textsOf(file: Buffer): string[] {
  return findRecords(file).records.map(({ bytes }) => Buffer.from(decodeRecord(bytes, 'logs').body).toString());
}

describe('a record', () => {
  it.each([true, false])('comes back as the batch that it was, packed: %s', (isGzip) => {
    const batch = createBatch('{"resourceLogs":[]}');
    const bytes = encodeRecord(batch, isGzip ? gzipSync(batch.body) : batch.body, isGzip);
    const decoded = decodeRecord(bytes, 'logs');
    expect({ ...decoded, body: Buffer.from(decoded.body) }).toEqual(batch);
    expect(recordFacts(bytes)).toEqual({ itemCount: batch.itemCount, createdMillis: batch.createdMillis });
  });

  it('is settled by one byte, which its checksum leaves out', () => {
    const file = Buffer.concat([recordOf('one'), recordOf('two')]);
    const [first] = findRecords(file).records;
    file.set(SETTLED_BYTE, first?.stateOffset);
    expect(findRecords(file).records.map(({ isWaiting }) => isWaiting)).toEqual([false, true]);
    expect(findRecords(file).broken).toBe(0);
  });
});

describe('a file', () => {
  const file = Buffer.concat(['one', 'two', 'three'].map(recordOf));
  const secondStart = recordOf('one').length;

  it('is empty or a row of records', () => {
    expect(findRecords(Buffer.alloc(0))).toEqual({ records: [], tornBytes: 0, broken: 0 });
    expect(textsOf(file)).toEqual(['one', 'two', 'three']);
  });

  it('that was cut anywhere has the records before the cut', () => {
    for (let length = 0; length < file.length; length += 1) {
      const cut = file.subarray(0, length);
      const { records, tornBytes, broken } = findRecords(cut);
      const whole = ['one', 'two', 'three'].filter((_, index, texts) => {
        const end = texts.slice(0, index + 1).reduce((sum, text) => sum + recordOf(text).length, 0);
        return end <= length;
      });
      expect(textsOf(cut)).toEqual(whole);
      expect(broken).toBe(0);
      const readBytes = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(tornBytes).toBe(length - readBytes);
    }
  });

  it('that has one wrong byte anywhere in a record has all others', () => {
    for (let offset = secondStart; offset < secondStart + recordOf('two').length; offset += 1) {
      const damaged = Buffer.from(file);
      damaged.writeUInt8(damaged.readUInt8(offset) ^ 0xff, offset);
      const isState = offset === secondStart + 4;
      expect(textsOf(damaged)).toEqual(isState ? ['one', 'two', 'three'] : ['one', 'three']);
      if (!isState) expect(findRecords(damaged)).toMatchObject({ broken: 1, tornBytes: 0 });
    }
  });

  it('of anything else has none and is broken', () => {
    expect(findRecords(Buffer.from('something else entirely, and longer than a header'))).toEqual({ records: [], tornBytes: 0, broken: 1 });
  });
});
