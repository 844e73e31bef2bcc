import { describe, expect, it } from 'vitest';
import { judgeService, type Rest, restOf, type StateFigures } from './service-state.ts';
import type { DurationWindow } from './usual-duration.ts';

const usual: StateFigures = { count: 1_000, errors: 1, p95Millis: 100 };
const before: readonly DurationWindow[] = Array.from({ length: 3 }, () => ({ count: 1_000, p95Millis: 100 }));
const NO_LOGS = { count: 0, errors: 0 };

describe('judgeService', () => {
  it.each<[string, StateFigures, readonly DurationWindow[], string, string]>([
    ['nothing but what is not counted', { count: 0, errors: 0 }, before, 'healthy', 'uncalled'],
    ['all as usual', { count: 100, errors: 1, p95Millis: 110 }, before, 'healthy', 'calls'],
    ['half of it fails', { count: 100, errors: 50, p95Millis: 100 }, before, 'down', 'calls'],
    ['all of a few fail', { count: 3, errors: 3, p95Millis: 100 }, before, 'down', 'calls'],
    ['one of one fails', { count: 1, errors: 1, p95Millis: 100 }, before, 'healthy', 'calls'],
    ['some of a few fail', { count: 12, errors: 4, p95Millis: 100 }, before, 'degraded', 'calls'],
    ['two of a few fail', { count: 12, errors: 2, p95Millis: 100 }, before, 'healthy', 'calls'],
    ['one of twenty fails', { count: 100, errors: 5, p95Millis: 100 }, before, 'degraded', 'calls'],
    ['more than twice as slow', { count: 100, errors: 0, p95Millis: 201 }, before, 'degraded', 'slow'],
    ['slow, and nothing to compare with', { count: 100, errors: 0, p95Millis: 201 }, [], 'healthy', 'calls'],
    ['slow, of too few', { count: 19, errors: 0, p95Millis: 201 }, before, 'healthy', 'calls'],
  ])('%s', (_, recent, before, state, type) => {
    const leastP95Millis = recent.p95Millis ?? 0;
    expect(judgeService({ recent: { ...recent, leastP95Millis }, before, logs: NO_LOGS, isHeard: true })).toMatchObject({
      state,
      reason: { type },
    });
  });

  it.each<[string, StateFigures, readonly DurationWindow[], string | undefined]>([
    ['too few calls', { count: 19, errors: 0, p95Millis: 9_000 }, before, 'few'],
    ['nothing to compare with', { count: 100, errors: 0, p95Millis: 9_000 }, before.slice(1, 2), 'new'],
    ['enough of both', { count: 20, errors: 0, p95Millis: 100 }, before, undefined],
    ['some of too few fail, which says enough', { count: 12, errors: 4, p95Millis: 9_000 }, before, undefined],
  ])('says that it cannot tell how long calls take, and why: %s', (_, recent, before, unjudged) => {
    const { reason } = judgeService({ recent: { ...recent, leastP95Millis: 0 }, before, logs: NO_LOGS, isHeard: true });
    expect(reason).toEqual({ type: 'calls', count: recent.count, errors: recent.errors, ...(unjudged && { unjudged }) });
  });

  it.each<[string, StateFigures, number, boolean, string, string]>([
    ['nothing else is known of it', { count: 0, errors: 0 }, 300, false, 'down', 'unanswered'],
    ['it is only not called', { count: 0, errors: 0 }, 3, true, 'down', 'unanswered'],
    ['a call or two', { count: 0, errors: 0 }, 2, true, 'healthy', 'uncalled'],
    ['one of ten beside what arrives', { count: 90, errors: 0, p95Millis: 100 }, 10, true, 'degraded', 'unanswered'],
    ['more than arrives', { count: 90, errors: 40, p95Millis: 100 }, 100, true, 'down', 'unanswered'],
    ['what arrives fails as well', { count: 100, errors: 60, p95Millis: 100 }, 100, true, 'down', 'calls'],
    ['very few of many', { count: 1_000, errors: 0, p95Millis: 100 }, 4, true, 'healthy', 'calls'],
  ])('knows a service by calls that do not reach it: %s', (_, recent, unanswered, isHeard, state, type) => {
    expect(judgeService({ recent, before, logs: NO_LOGS, isHeard, unanswered })).toMatchObject({ state, reason: { type } });
  });

  it('calls silent what sent nothing of late', () => {
    expect(judgeService({ recent: { count: 0, errors: 0 }, before, logs: NO_LOGS, isHeard: false })).toEqual({
      state: 'silent',
      reason: { type: 'nothing' },
    });
  });

  it.each<[string, Rest, string]>([
    ['it was called once an hour, half an hour ago', { usualMinutes: 60, sinceMinutes: 30, count: 1, errors: 0 }, 'healthy'],
    ['the last time most of it failed', { usualMinutes: 60, sinceMinutes: 30, count: 2, errors: 1 }, 'degraded'],
  ])('waits for what comes seldom: %s', (_, rest, state) => {
    const { usualMinutes, count, errors } = rest;
    expect(judgeService({ recent: NO_LOGS, before, logs: NO_LOGS, isHeard: false, rest })).toEqual({
      state,
      reason: { type: 'resting', count, errors, usualMinutes },
    });
  });

  it('calls silent what comes seldom and is overdue', () => {
    const rest = { usualMinutes: 60, sinceMinutes: 91, count: 1, errors: 0 };
    expect(judgeService({ recent: NO_LOGS, before, logs: NO_LOGS, isHeard: false, rest }).state).toBe('silent');
  });

  it.each([
    ['it logs', { count: 1, errors: 0 }, 'healthy'],
    ['few errors', { count: 3, errors: 3 }, 'healthy'],
    ['one record of twenty is an error', { count: 20, errors: 1 }, 'degraded'],
    ['all are', { count: 1_000, errors: 1_000 }, 'degraded'],
  ])('knows a service that was not called by its logs: %s', (_, logs, state) => {
    expect(judgeService({ recent: { count: 0, errors: 0 }, before, logs, isHeard: true })).toEqual({
      state,
      reason: { type: 'logs', ...logs },
    });
  });

  it('goes by calls where there are any, whatever is logged', () => {
    expect(judgeService({ recent: usual, before, logs: { count: 50, errors: 50 }, isHeard: true }).state).toBe('healthy');
  });

  it('says by how much it is slower', () => {
    const recent = { count: 100, errors: 0, p95Millis: 300, leastP95Millis: 250 };
    expect(judgeService({ recent, before, logs: NO_LOGS, isHeard: true }).reason).toEqual({
      type: 'slow',
      p95Millis: 300,
      usualP95Millis: 100,
    });
  });
});

describe('restOf', () => {
  const steps = (...numbers: number[]) => numbers.map((number) => ({ minute: number * 10, count: 1, errors: 0 }));
  const asked = { stepMinutes: 10, lastMinute: 181, toMinute: 220 };

  it('tells how often a service is called that is called seldom', () => {
    expect(restOf(steps(0, 6, 12, 18), asked)).toEqual({ usualMinutes: 60, sinceMinutes: 39, count: 1, errors: 0 });
  });

  it.each([
    ['it is called in step after step, but for a failure', steps(0, 1, 2, 3, 12, 13, 14, 18)],
    ['it was called too few times to tell', steps(12, 18)],
    ['there is nothing of it', []],
  ])('tells nothing where %s', (_, points) => {
    expect(restOf(points, asked)).toBeUndefined();
  });
});
