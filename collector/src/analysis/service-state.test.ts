import { describe, expect, it } from 'vitest';
import { type StateFigures, serviceState } from './service-state.ts';

const usual: StateFigures = { count: 1_000, errors: 1, p95Millis: 100 };

describe('serviceState', () => {
  it.each<[string, StateFigures, StateFigures, string]>([
    ['nothing of late', { count: 0, errors: 0 }, usual, 'silent'],
    ['all as usual', { count: 100, errors: 1, p95Millis: 110 }, usual, 'healthy'],
    ['half of it fails', { count: 100, errors: 50, p95Millis: 100 }, usual, 'down'],
    ['all of a few fail', { count: 3, errors: 3, p95Millis: 100 }, usual, 'down'],
    ['one of one fails', { count: 1, errors: 1, p95Millis: 100 }, usual, 'healthy'],
    ['one of twenty fails', { count: 100, errors: 5, p95Millis: 100 }, usual, 'degraded'],
    ['more than twice as slow', { count: 100, errors: 0, p95Millis: 201 }, usual, 'degraded'],
    ['slow, and nothing to compare with', { count: 100, errors: 0, p95Millis: 201 }, { count: 0, errors: 0 }, 'healthy'],
    ['slow, of too few', { count: 19, errors: 0, p95Millis: 201 }, usual, 'healthy'],
  ])('%s', (_, recent, before, state) => {
    expect(serviceState(recent, before)).toBe(state);
  });
});
