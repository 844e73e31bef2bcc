import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SUGGESTED_VALUES, type ValueSuggestion } from '../../logic/value-suggestion.ts';
import { ValueStore } from './value-store.ts';

const place = (prefix: string): ValueSuggestion => ({ field: 'http.route', prefix, rest: '' });
const many = new Map(Array.from({ length: SUGGESTED_VALUES }, (_, index) => [`/a${index}`, 1]));

describe('ValueStore', () => {
  let asked: { readonly prefix: string; readonly signal: AbortSignal; readonly answer: (values: ReadonlyMap<string, number>) => void }[];
  let arrived: ReadonlyMap<string, number>[];
  let store: ValueStore;
  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    arrived = [];
    store = new ValueStore(
      ({ prefix }, signal) => new Promise((answer) => asked.push({ prefix, signal, answer })),
      (values) => arrived.push(values),
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const rest = () => vi.advanceTimersByTimeAsync(200);
  const answer = async (index: number, values: ReadonlyMap<string, number>) => {
    asked[index]?.answer(values);
    await rest();
  };

  it('asks where the reader rests, once, and keeps the answer', async () => {
    for (const prefix of ['/', '/a', '/ab', '/ab']) expect(store.get(place(prefix))).toBeUndefined();
    await rest();
    expect(asked.map(({ prefix }) => prefix)).toEqual(['/ab']);
    await answer(0, new Map([['/abc', 3]]));
    expect(arrived).toHaveLength(1);
    expect(store.get(place('/ab'))).toEqual(new Map([['/abc', 3]]));
  });

  it('asks no more for a longer start where it has all values of a shorter one', async () => {
    store.get(place(''));
    await rest();
    await answer(0, new Map([['/abc', 3]]));
    expect(store.get(place('/a'))).toEqual(new Map([['/abc', 3]]));
    await rest();
    expect(asked).toHaveLength(1);
  });

  it('gives the most frequent ones of a shorter start while it asks for the longer one', async () => {
    store.get(place('/'));
    await rest();
    await answer(0, many);
    expect(store.get(place('/a'))).toBe(many);
    await rest();
    expect(asked.map(({ prefix }) => prefix)).toEqual(['/', '/a']);
  });

  it('ends the request that nobody waits for any more', async () => {
    store.get(place('/a'));
    await rest();
    store.get({ ...place(''), field: 'other' });
    expect(asked[0]?.signal.aborted).toBe(true);
    await answer(0, many);
    expect(arrived).toEqual([]);
    await rest();
    store.stop();
    expect(asked[1]?.signal.aborted).toBe(true);
  });
});
