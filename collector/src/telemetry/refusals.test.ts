import { describe, expect, it } from 'vitest';
import { ReasonCounts } from './reason-counts.ts';
import { Refusals } from './refusals.ts';

describe('refusals', () => {
  it('are counted by tenant and reason', () => {
    const refusals = new Refusals();
    refusals.add({ tenant: 'default', reason: 'log_full', requests: 1 });
    refusals.add({ tenant: 'default', reason: 'log_full', records: 500 });
    refusals.add({ tenant: 'default', reason: 'log_full', requests: 1 });
    refusals.add({ tenant: 'other', reason: 'log_full', requests: 1 });
    refusals.add({ tenant: undefined, reason: 'unauthenticated', requests: 1 });
    expect(refusals.list()).toHaveLength(3);
    expect(refusals.list()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ tenant: 'default', reason: 'log_full', requests: 2, records: 500 }),
        expect.objectContaining({ tenant: 'other', reason: 'log_full', requests: 1, records: 0 }),
        { reason: 'unauthenticated', requests: 1, records: 0, lastAtUnixNano: expect.stringMatching(/^\d{19}$/) },
      ]),
    );
  });

  it('of any number of tenants take bounded memory', () => {
    const refusals = new Refusals();
    for (let tenant = 0; tenant < 5_000; tenant += 1) refusals.add({ tenant: `t${tenant}`, reason: 'malformed', requests: 1 });
    expect(refusals.list().length).toBeLessThanOrEqual(1_001);
    expect(refusals.list().reduce((sum, { requests }) => sum + requests, 0)).toBe(5_000);
  });
});

describe('counts by reason', () => {
  it('have the latest first, at most 50, and count all', () => {
    const counts = new ReasonCounts();
    for (let reason = 0; reason < 60; reason += 1) counts.add(`reason ${reason}`);
    counts.add('reason 30');
    expect(counts.list()).toHaveLength(50);
    expect(counts.list().slice(0, 2)).toMatchObject([
      { reason: 'reason 30', count: 2 },
      { reason: 'reason 59', count: 1 },
    ]);
    expect(counts.count).toBe(61);
  });
});
