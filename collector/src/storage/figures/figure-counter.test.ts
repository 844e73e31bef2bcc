import { describe, expect, it } from 'vitest';
import { CountedSpans, FigureCounter } from './figure-counter.ts';
import { FigureLimits } from './figure-limits.ts';
import { FigureSum } from './figure-set.ts';
import type { FigureType } from './figures.ts';
import { idBytes } from './span-hash.ts';
import { spanMeaning } from './span-meaning.ts';

function addSpan(
  counter: FigureCounter,
  counted: CountedSpans,
  span: {
    readonly service: string;
    readonly id: string;
    readonly parent?: string;
    readonly name?: string;
    readonly minute?: number;
    readonly environment?: string;
  },
): void {
  const { service, id, parent, name = 'work', minute = 0, environment = '' } = span;
  counter.add(
    {
      alike: {
        source: { tenant: 'default', service, namespace: '', version: '', environment, instance: '' },
        kind: 1,
        meaning: spanMeaning({ name, kind: 1, isRoot: parent === undefined }, () => undefined),
      },
      minute,
      durationNanos: 1_000,
      isError: false,
      weight: 1,
      traceId: idBytes('00'),
      spanId: idBytes(id),
      parentSpanId: parent === undefined ? undefined : idBytes(parent),
      links: [],
    },
    counted,
  );
}

function count(counted: CountedSpans, type: FigureType): number {
  const sum = new FigureSum({ range: {}, types: [type] });
  sum.add(counted.set, 'default', (key) => key);
  return sum.figures().reduce((total, { counts }) => total + counts.spans, 0);
}

describe('FigureCounter', () => {
  it('holds a million distinct names of spans in bounded memory', () => {
    const counter = new FigureCounter({ heldSpans: 1_000, heldWaiting: 1_000 });
    const kept = new CountedSpans();
    const batches = 100;
    const perBatch = 10_000;
    for (let batch = 0; batch < batches; batch += 1) {
      const counted = new CountedSpans();
      for (let index = 0; index < perBatch; index += 1) {
        const id = (batch * perBatch + index).toString(16).padStart(16, '0');
        addSpan(counter, counted, { service: 'wild', id, name: `user ${id}` });
      }
      counted.close();
      counted.moveTo(kept);
    }
    expect([...kept.set.series()].filter(({ key }) => key.type === 'operation')).toHaveLength(1_001);
    expect(count(kept, 'operation')).toBe(batches * perBatch);
  }, 120_000);

  it('adds a call to where the called span is kept by then, and to nothing once that is given up', () => {
    const counter = new FigureCounter();
    const first = new CountedSpans();
    const given = new CountedSpans();
    addSpan(counter, first, { service: 'b', id: '2', parent: '1' });
    addSpan(counter, given, { service: 'c', id: '3', parent: '1' });
    for (const counted of [first, given]) counted.close();
    const merged = new CountedSpans();
    first.moveTo(merged);
    merged.close();
    given.isOver = true;
    addSpan(counter, new CountedSpans(), { service: 'a', id: '1' });
    expect([count(merged, 'call'), count(given, 'call'), count(merged, 'service')]).toEqual([1, 0, 1]);
  });

  it('forgets the oldest spans and those that wait longest', () => {
    const counter = new FigureCounter({ heldSpans: 10, heldWaiting: 10 });
    const counted = new CountedSpans();
    addSpan(counter, counted, { service: 'a', id: 'ff01' });
    addSpan(counter, counted, { service: 'b', id: 'ff02', parent: 'ff03' });
    for (let index = 0; index < 30; index += 1) addSpan(counter, counted, { service: 'x', id: `aa${index}`, parent: `bb${index}` });
    addSpan(counter, counted, { service: 'b', id: 'ff04', parent: 'ff01' });
    addSpan(counter, counted, { service: 'a', id: 'ff03' });
    counted.close();
    expect(count(counted, 'call')).toBe(0);
  });
});

describe('FigureLimits', () => {
  it('counts spans of environments beyond a number together, and what is of none by itself', () => {
    const limits = new FigureLimits(() => 0);
    const environment = (name: string) => limits.boundEnvironment('default', { service: 'a', environment: name });
    const names = Array.from({ length: 30 }, (_, index) => `branch-${index}`);
    expect(names.map(environment)).toEqual([...names.slice(0, 20), ...Array(10).fill('(other)')]);
    expect([environment(''), environment('branch-3')]).toEqual(['', 'branch-3']);
    const counter = new FigureCounter({ limits: new FigureLimits(() => 0) });
    const counted = new CountedSpans();
    for (const [index, name] of names.entries()) addSpan(counter, counted, { service: 'a', id: String(index), environment: name });
    counted.close();
    const operations = [...counted.set.series()].filter(({ key }) => key.type === 'operation');
    expect(operations.map(({ environment: from }) => from)).toEqual([...names.slice(0, 20), '(other)']);
    expect(count(counted, 'operation')).toBe(30);
  });

  it('lets new names in where old ones are not met any more', () => {
    let now = 0;
    const limits = new FigureLimits(() => now);
    const operation = (name: string) => limits.bound('default', { type: 'operation', service: 'a', name, kind: 1 });
    for (let index = 0; index < 1_000; index += 1) operation(`old ${index}`);
    expect(operation('new')).toMatchObject({ name: '(other)' });
    now += 2 * 60 * 60 * 1_000;
    expect(operation('new')).toMatchObject({ name: 'new' });
    expect(operation('old 7')).toMatchObject({ name: 'old 7' });
  });
});
