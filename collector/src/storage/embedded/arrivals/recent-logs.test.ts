import { describe, expect, it } from 'vitest';
import { indexLog } from '../../../model/indexed-record.ts';
import type { IndexedLog } from '../../../model/record.ts';
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
