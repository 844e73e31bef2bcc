import { describe, expect, it } from 'vitest';
import { buildSequence } from '../../logic/flow-sequence.ts';
import { nextFailure } from './use-sequence.ts';

const HINTS = { breaks: [], services: [] };

describe('the next failure of a sequence', () => {
  const sequence = { ...buildSequence([], HINTS), messageOf: Int32Array.of(-1, 0, 0, 1, 1, 0, -1) };
  const next = (active: number, failed: readonly number[]): number => nextFailure({ sequence }, active, (item) => failed.includes(item));

  it('is of another message: its client span, its server span and its records are told of once', () => {
    const failed = [1, 2, 3, 4, 5];
    expect(next(-1, failed)).toBe(1);
    expect(next(1, failed)).toBe(3);
    expect(next(2, failed)).toBe(3);
    expect(next(3, failed)).toBe(-1);
  });

  it('is also what belongs to no message', () => {
    expect(next(-1, [0, 6])).toBe(0);
    expect(next(0, [0, 6])).toBe(6);
  });
});
