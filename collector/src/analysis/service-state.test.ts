import { describe, expect, it } from 'vitest';
import { judgeService, type StateFigures } from './service-state.ts';

const usual: StateFigures = { count: 1_000, errors: 1, p95Millis: 100 };
const NO_LOGS = { count: 0, errors: 0 };

describe('judgeService', () => {
  it.each<[string, StateFigures, StateFigures, string, string]>([
    ['nothing but what is not counted', { count: 0, errors: 0 }, usual, 'healthy', 'uncalled'],
    ['all as usual', { count: 100, errors: 1, p95Millis: 110 }, usual, 'healthy', 'calls'],
    ['half of it fails', { count: 100, errors: 50, p95Millis: 100 }, usual, 'down', 'calls'],
    ['all of a few fail', { count: 3, errors: 3, p95Millis: 100 }, usual, 'down', 'calls'],
    ['one of one fails', { count: 1, errors: 1, p95Millis: 100 }, usual, 'healthy', 'calls'],
    ['some of a few fail', { count: 12, errors: 4, p95Millis: 100 }, usual, 'degraded', 'calls'],
    ['two of a few fail', { count: 12, errors: 2, p95Millis: 100 }, usual, 'healthy', 'calls'],
    ['one of twenty fails', { count: 100, errors: 5, p95Millis: 100 }, usual, 'degraded', 'calls'],
    ['more than twice as slow', { count: 100, errors: 0, p95Millis: 201 }, usual, 'degraded', 'slow'],
    ['slow, and nothing to compare with', { count: 100, errors: 0, p95Millis: 201 }, { count: 0, errors: 0 }, 'healthy', 'calls'],
    ['slow, of too few', { count: 19, errors: 0, p95Millis: 201 }, usual, 'healthy', 'calls'],
  ])('%s', (_, recent, before, state, type) => {
    expect(judgeService({ recent, before, logs: NO_LOGS, isHeard: true })).toMatchObject({ state, reason: { type } });
  });

  it('calls silent what sent nothing of late', () => {
    expect(judgeService({ recent: { count: 0, errors: 0 }, before: usual, logs: NO_LOGS, isHeard: false })).toEqual({
      state: 'silent',
      reason: { type: 'nothing' },
    });
  });

  it.each([
    ['it logs', { count: 1, errors: 0 }, 'healthy'],
    ['few errors', { count: 3, errors: 3 }, 'healthy'],
    ['one record of twenty is an error', { count: 20, errors: 1 }, 'degraded'],
    ['all are', { count: 1_000, errors: 1_000 }, 'degraded'],
  ])('knows a service that was not called by its logs: %s', (_, logs, state) => {
    expect(judgeService({ recent: { count: 0, errors: 0 }, before: usual, logs, isHeard: true })).toEqual({
      state,
      reason: { type: 'logs', ...logs },
    });
  });

  it('goes by calls where there are any, whatever is logged', () => {
    expect(judgeService({ recent: usual, before: usual, logs: { count: 50, errors: 50 }, isHeard: true }).state).toBe('healthy');
  });

  it('says by how much it is slower', () => {
    const recent = { count: 100, errors: 0, p95Millis: 300 };
    expect(judgeService({ recent, before: usual, logs: NO_LOGS, isHeard: true }).reason).toEqual({
      type: 'slow',
      p95Millis: 300,
      usualP95Millis: 100,
    });
  });
});
