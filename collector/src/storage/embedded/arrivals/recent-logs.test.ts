import { describe, expect, it } from 'vitest';
import { freeBytes } from '../../../free-bytes.ts';
import { indexLog } from '../../../model/indexed-record.ts';
import { PlainRequest } from '../../../model/plain-request.ts';
import type { IndexedLog } from '../../../model/record.ts';
import { idsByPosition } from '../../../model/record-ids.ts';
import { logsBody } from '../../../model/testing/logs-body.ts';
import { RecentLogs } from './recent-logs.ts';

function buildLog(id: string, body = ''): IndexedLog {
  return indexLog({
    id,
    timeUnixNano: '1',
    observedTimeUnixNano: '1',
    arrivalTimeUnixNano: '1',
    body: { stringValue: body },
    attributes: [],
    resource: { attributes: [] },
    scope: { attributes: [] },
  });
}

function readRecent() {
  let nowMillis = 0;
  const recent = new RecentLogs({ now: () => nowMillis });
  recent.noteReader();
  const wait = (millis: number): void => {
    nowMillis += millis;
  };
  return { recent, wait };
}

const kept = (recent: RecentLogs): (string | undefined)[] =>
  Array.from({ length: recent.next - recent.first }, (_, index) => recent.at(recent.first + index)?.id);

describe('RecentLogs', () => {
  it('keeps nothing while nobody reads, and counts all the same', () => {
    const recent = new RecentLogs({ now: () => 0 });
    recent.add([buildLog('a'), buildLog('b')], false);
    expect([recent.first, recent.next]).toEqual([2, 2]);
    recent.noteReader();
    recent.add([buildLog('c')], false);
    expect([recent.first, recent.next, recent.at(2)?.id]).toEqual([2, 3, 'c']);
  });

  it('keeps them for a reader who is away for a moment, and lets go after a minute', () => {
    const { recent, wait } = readRecent();
    recent.add([buildLog('a')], false);
    wait(59_000);
    recent.add([buildLog('b')], false);
    expect(kept(recent)).toEqual(['a', 'b']);
    wait(2_000);
    recent.add([buildLog('c')], false);
    expect([recent.first, recent.next]).toEqual([3, 3]);
  });

  describe('of requests that are about to be stored', () => {
    const request = (): PlainRequest => {
      const body = logsBody(['x'.repeat(100_000), 'y']);
      const plain = PlainRequest.of('logs', body, { arrivalNanos: 1n, ids: idsByPosition({ logId: '0'.repeat(32), file: 1, offset: 32 }) });
      if (!plain) throw new Error('the request is not plain');
      return plain;
    };

    it('keeps the logs for a reader who was there before, though the storage takes their bodies', () => {
      const { recent } = readRecent();
      const requests = [request()];
      const add = recent.expectRequests(requests, false);
      expect(recent.next).toBe(0);
      for (const { wire } of requests) freeBytes(wire.body);
      add();
      expect([recent.first, recent.next, recent.at(1)?.record.body]).toEqual([0, 2, { stringValue: 'y' }]);
    });

    it('keeps them for a reader who came meanwhile where their bodies are still there, and else counts them', () => {
      const recent = new RecentLogs({ now: () => 0 });
      const taken = [request()];
      const [add, addTaken] = [recent.expectRequests([request()], false), recent.expectRequests(taken, false)];
      for (const { wire } of taken) freeBytes(wire.body);
      recent.noteReader();
      addTaken();
      add();
      expect([recent.first, recent.next, recent.at(3)?.record.body]).toEqual([2, 4, { stringValue: 'y' }]);
    });
  });

  it('keeps the last fifty thousand', () => {
    const { recent } = readRecent();
    const logs = Array.from({ length: 1_000 }, (_, index) => buildLog(`log ${index}`));
    for (let round = 0; round < 61; round += 1) recent.add(logs, false);
    expect([recent.first, recent.next]).toEqual([11_000, 61_000]);
    expect([recent.at(10_999), recent.at(11_000)?.id, recent.at(60_999)?.id, recent.at(61_000)]).toEqual([
      undefined,
      'log 0',
      'log 999',
      undefined,
    ]);
  });

  it('keeps no more than 32 MiB of large ones', () => {
    const { recent } = readRecent();
    const large = buildLog('large', 'x'.repeat(1024 * 1024));
    for (let round = 0; round < 100; round += 1) recent.add([large], false);
    expect(recent.next).toBe(100);
    expect(recent.next - recent.first).toBe(31);
  });

  it('counts a record once that a write brings again', () => {
    const { recent } = readRecent();
    recent.add([buildLog('a'), buildLog('b')], false);
    recent.add([buildLog('b'), buildLog('c')], true);
    expect(kept(recent)).toEqual(['a', 'b', 'c']);
    expect(recent.next).toBe(3);
  });
});
