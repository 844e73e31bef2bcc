import { expect, it } from 'vitest';
import { createCounters } from '../counters.ts';
import { createIdSource } from './own-id.ts';

it('is the trace id without a function of the app’s', () => {
  expect(createIdSource(undefined, createCounters())('trace')).toBe('trace');
});

it('is what the app’s function answers, and the trace id, counted, when that is no id', () => {
  const counters = createCounters();
  const answers = [() => 'order-7', () => 'not valid', () => '', () => String(Reflect.get({}, 'x')).repeat(100)];
  expect(answers.map((answer) => createIdSource(answer, counters)('trace'))).toEqual(['order-7', 'trace', 'trace', 'trace']);
  expect(counters.invalidCorrelationIds).toBe(3);
  const throwing = (): string => {
    throw new Error('no');
  };
  expect(createIdSource(throwing, counters)('trace')).toBe('trace');
});
