import type { StatusAnswer } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { collectorAlert, isGathering, logShare } from './collector-alert.ts';

type Log = NonNullable<StatusAnswer['log']>;

function statusWith(change: Partial<Log>): StatusAnswer {
  const log: Log = {
    usedBytes: 10,
    capacityBytes: 100,
    ingest: { state: 'taking' },
    delivery: { state: 'delivering' },
    setAside: { count: 0, bytes: 0 },
    deadLetters: { kept: 0, total: 0, reasons: [] },
    ...change,
  };
  const storage = {
    kind: 'embedded',
    status: 'ok',
    notes: {},
    reduced: { count: 0, reasons: [] },
    withoutPattern: [],
    withoutErrorGroup: [],
  } as const;
  return {
    version: '',
    startedAtUnixNano: '0',
    storage: {
      ...storage,
      reduced: { count: 0, reasons: [] },
      damaged: { count: 0, reasons: [] },
      withoutPattern: [],
      withoutErrorGroup: [],
    },
    log,
    refusals: [],
    metrics: [],
  };
}

describe('collectorAlert', () => {
  it('is none while all is well, or nothing is known', () => {
    expect(collectorAlert(undefined)).toBeUndefined();
    expect(collectorAlert(statusWith({}))).toBeUndefined();
    expect(collectorAlert(statusWith({ usedBytes: 79 }))).toBeUndefined();
  });

  it('says that nothing is delivered, and since when', () => {
    expect(collectorAlert(statusWith({ delivery: { state: 'waiting', sinceUnixNano: '5' } }))).toEqual({
      kind: 'stopped',
      sinceUnixNano: '5',
      usedShare: 0.1,
    });
  });

  it('says how far the storage is behind, from where answers lack what was acknowledged', () => {
    expect(collectorAlert(statusWith({ oldestWaitingMillis: 9_999 }))).toBeUndefined();
    expect(collectorAlert(statusWith({ oldestWaitingMillis: 90_000 }))).toEqual({
      kind: 'behind',
      sinceUnixNano: undefined,
      usedShare: 0.1,
      behindMillis: 90_000,
    });
    expect(collectorAlert(statusWith({ oldestWaitingMillis: 90_000, delivery: { state: 'waiting', sinceUnixNano: '5' } }))?.kind).toBe(
      'stopped',
    );
  });

  it('says that the storage does not answer, as soon as a look at it is in vain', () => {
    const { storage, ...status } = statusWith({ oldestWaitingMillis: 90_000 });
    expect(collectorAlert({ ...status, storage: { ...storage, status: 'unavailable' } })?.kind).toBe('unanswered');
  });

  it('says above all that no records are taken, since when and why', () => {
    const ingest = { state: 'refusing', sinceUnixNano: '7', reason: 'disk' } as const;
    expect(collectorAlert(statusWith({ ingest }))).toEqual({ kind: 'refusing', reason: 'disk', sinceUnixNano: '7', usedShare: 0.1 });
    const full = { ...ingest, reason: 'log_full' } as const;
    expect(collectorAlert(statusWith({ ingest: full, usedBytes: 100, delivery: { state: 'waiting', sinceUnixNano: '5' } }))).toEqual({
      kind: 'refusing',
      reason: 'log_full',
      sinceUnixNano: '7',
      usedShare: 1,
    });
  });

  it('says that the log is nearly full, whatever is delivered', () => {
    expect(collectorAlert(statusWith({ usedBytes: 80 }))).toEqual({ kind: 'full', sinceUnixNano: undefined, usedShare: 0.8 });
    expect(collectorAlert(statusWith({ usedBytes: 95, delivery: { state: 'waiting', sinceUnixNano: '5' } }))).toEqual({
      kind: 'full',
      sinceUnixNano: '5',
      usedShare: 0.95,
    });
  });
});

describe('logShare', () => {
  it('is between 0 and 1, and 1 where there is no room at all', () => {
    expect(logShare({ usedBytes: 300, capacityBytes: 100 })).toBe(1);
    expect(logShare({ usedBytes: 0, capacityBytes: 0 })).toBe(1);
  });
});

describe('isGathering', () => {
  const isGatheringWith = (change: Partial<Log>): boolean => isGathering(statusWith(change).log as Log);

  it('is what waits for some seconds while the storage takes records', () => {
    expect(isGatheringWith({ waitingRequests: 25, oldestWaitingMillis: 2_500 })).toBe(true);
    expect(isGatheringWith({ waitingRequests: 1 })).toBe(true);
  });

  it('is not what waits for long, waits for a storage that is away, or is nothing', () => {
    expect(isGatheringWith({ waitingRequests: 25, oldestWaitingMillis: 10_000 })).toBe(false);
    expect(isGatheringWith({ waitingRequests: 25, delivery: { state: 'waiting', sinceUnixNano: '5' } })).toBe(false);
    expect(isGatheringWith({ waitingRequests: 0 })).toBe(false);
    expect(isGatheringWith({})).toBe(false);
  });
});
