import { describe, expect, it } from 'vitest';
import { exceptionAttributes, findError } from './exception.ts';

class PaymentRefused extends Error {}

describe('findError', () => {
  const error = new Error('x');
  it.each([
    ['itself', error],
    ['under a key', { a: 1, problem: error }],
    ['nested', { a: { b: [{ c: error }] } }],
  ])('finds an error %s', (_where, value) => {
    expect(findError(value)).toBe(error);
  });
  it('takes the nearest one and survives a cycle', () => {
    const cyclic: Record<string, unknown> = { deep: { far: new Error('far') }, near: error };
    cyclic.self = cyclic;
    expect(findError(cyclic)).toBe(error);
    expect(findError({ name: 'Error', message: 'looks like one' })).toBeUndefined();
  });
});

describe('exceptionAttributes', () => {
  it('names the class, also when it did not set its name', () => {
    expect(exceptionAttributes(new PaymentRefused('no'))).toMatchObject({ 'exception.type': 'PaymentRefused', 'exception.message': 'no' });
  });
  it('writes causes and aggregated errors below the stack, each once', () => {
    const inner = new TypeError('inner');
    const outer = new AggregateError([new RangeError('first'), inner], 'outer', { cause: inner });
    const lines = String(exceptionAttributes(outer)['exception.stacktrace'])
      .split('\n')
      .filter((line) => !line.startsWith('    at'));
    expect(lines).toEqual(['AggregateError: outer', 'Aggregated: RangeError: first', 'Aggregated: TypeError: inner']);
  });
  it('ends at a cycle of causes and at a cause that is no error', () => {
    const a = new Error('a');
    a.cause = new Error('b', { cause: a });
    expect(String(exceptionAttributes(a)['exception.stacktrace']).match(/Caused by/g)).toHaveLength(1);
    expect(exceptionAttributes(new Error('c', { cause: 'text' }))['exception.stacktrace']).toMatch(/\nCaused by: text$/);
  });
  it('cuts a stack that is longer than a value may be, and says how long it was', () => {
    const error = new Error('x');
    error.stack = 'y'.repeat(100_000);
    expect(String(exceptionAttributes(error)['exception.stacktrace'])).toMatch(/^y{60000}\n… 100000 characters$/);
  });
});
