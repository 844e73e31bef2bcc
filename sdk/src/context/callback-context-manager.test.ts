import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { CallbackContextManager } from './callback-context-manager.ts';
import { contextOfUncaught } from './thrown-in.ts';

const NAME = createContextKey('name');
const manager = new CallbackContextManager().enable();
const [first, second] = ['first', 'second'].map((name) => ROOT_CONTEXT.setValue(NAME, name));

it('knows the context of the innermost bound function that an error left, until what runs in this turn is done', async () => {
  const inner = manager.bind(first ?? ROOT_CONTEXT, () => {
    throw new Error('too far');
  });
  const outer = manager.bind(second ?? ROOT_CONTEXT, () => inner());
  expect(outer).toThrow('too far');
  expect(contextOfUncaught()).toBe(first);
  await Promise.resolve();
  expect(contextOfUncaught()).toBeUndefined();
});

it('calls a bound function as it is called, in its context, and knows nothing of one that returns', () => {
  const bound = manager.bind(first ?? ROOT_CONTEXT, function (this: unknown, left: number, right: number) {
    return [this, left + right, manager.active().getValue(NAME)];
  });
  expect(bound).toHaveLength(2);
  expect(Reflect.apply(bound, 'self', [1, 2])).toEqual(['self', 3, 'first']);
  expect(contextOfUncaught()).toBeUndefined();
});
