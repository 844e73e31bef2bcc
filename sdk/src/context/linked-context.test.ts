import { createContextKey } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from './linked-context.ts';

const FIRST = createContextKey('first');
const SECOND = createContextKey('second');

describe('a linked context', () => {
  it('has the values that were set on it and on those it came from, the latest first', () => {
    const outer = EMPTY_CONTEXT.setValue(FIRST, 1).setValue(SECOND, 2);
    const inner = outer.setValue(FIRST, 3);
    expect([inner.getValue(FIRST), inner.getValue(SECOND)]).toEqual([3, 2]);
    expect(outer.getValue(FIRST)).toBe(1);
    expect(EMPTY_CONTEXT.getValue(FIRST)).toBeUndefined();
  });

  it('has no value that was deleted, while the one it came from still has it', () => {
    const outer = EMPTY_CONTEXT.setValue(FIRST, 1);
    expect(outer.deleteValue(FIRST).getValue(FIRST)).toBeUndefined();
    expect(outer.getValue(FIRST)).toBe(1);
  });

  it('keeps every value, and no more than that, however often one is replaced', () => {
    let context = EMPTY_CONTEXT.setValue(FIRST, 'kept');
    for (let count = 0; count < 10_000; count += 1) context = context.setValue(SECOND, count);
    expect([context.getValue(FIRST), context.getValue(SECOND)]).toEqual(['kept', 9999]);
    expect(Reflect.get(context, 'depth')).toBeLessThan(64);
  });
});
