import { describe, expect, it } from 'vitest';
import { CountedSpans, FigureCounter } from './figure-counter.ts';
import { FigureLimits } from './figure-limits.ts';
import { FigureSet, FigureSum } from './figure-set.ts';
import { idBytes } from './span-hash.ts';
import { spanMeaning } from './span-meaning.ts';
import { type CausingSpan, countCalls, type WaitingSpan } from './waiting-span.ts';

const TENANT = 'default';
const CONSUMER = 5;

function spanOf(
  id: string,
  { service, parent, links = [] }: { readonly service: string; readonly parent?: string; readonly links?: readonly string[] },
) {
  return {
    alike: {
      source: { tenant: TENANT, service, namespace: '', version: '', environment: '', instance: '' },
      kind: CONSUMER,
      meaning: spanMeaning({ name: 'work', kind: CONSUMER, isRoot: parent === undefined }, () => undefined),
    },
    ...{ minute: 0, durationNanos: 1_000, isError: false, weight: 1 },
    traceId: idBytes('0a'),
    spanId: idBytes(id),
    parentSpanId: parent === undefined ? undefined : idBytes(parent),
    links: links.map((link) => ({ traceId: idBytes('0b'), spanId: idBytes(link) })),
  };
}

function countAll(counted: CountedSpans, spans: readonly ReturnType<typeof spanOf>[], counter = new FigureCounter()): void {
  for (const span of spans) counter.add(span, counted);
}

function calls(...sets: readonly FigureSet[]): string[] {
  const sum = new FigureSum({ range: {}, types: ['call'] });
  for (const set of sets) sum.add(set, TENANT, (key) => key);
  return sum.figures().map(({ key, counts }) => (key.type === 'call' ? `${key.caller} > ${key.service}: ${counts.spans}` : key.type));
}

function countWith(waiting: readonly WaitingSpan[], causes: ReadonlyMap<string, CausingSpan>) {
  const set = new FigureSet();
  return { set, left: countCalls(waiting, { causes, set, tenant: TENANT, limits: new FigureLimits() }) };
}

describe('spans that wait for a cause', () => {
  it('are those whose cause has not come, by its name, whichever comes first', () => {
    const counted = new CountedSpans({ maxWaiting: 10 });
    countAll(counted, [
      spanOf('02', { service: 'b', parent: '01' }),
      spanOf('03', { service: 'c', parent: '02' }),
      spanOf('05', { service: 'c', parent: '04' }),
      spanOf('04', { service: 'd' }),
    ]);
    expect(counted.waitingSpans().map(({ causes, service }) => [service, ...causes])).toEqual([['b', '0a 01']]);
  });

  it('become calls once it is known who their causes are of, and none of what is theirs, of nobody or still unknown', () => {
    const counted = new CountedSpans({ maxWaiting: 10 });
    countAll(counted, [spanOf('02', { service: 'b', parent: '01', links: ['11', '12', '13'] })]);
    const causes = new Map([
      ['0a 01', { service: 'a', host: '' }],
      ['0b 11', { service: 'b', host: '' }],
      ['0b 12', { service: '', host: '' }],
    ]);
    const { set, left } = countWith(counted.waitingSpans(), causes);
    expect(calls(set)).toEqual(['a > b: 1']);
    expect(left.map(({ causes: names }) => names)).toEqual([['0b 13']]);
    expect(calls(countWith(left, new Map([['0b 13', { service: 'x', host: '' }]])).set)).toEqual(['x > b: 1']);
  });

  it('are noted up to a number, in place of which come those whose cause has come meanwhile', () => {
    const counted = new CountedSpans({ maxWaiting: 2 });
    const counter = new FigureCounter();
    const waitFor = (id: string, parent: string) => spanOf(id, { service: 'b', parent });
    countAll(
      counted,
      [waitFor('02', '01'), waitFor('04', '03'), waitFor('06', '05'), spanOf('01', { service: 'a' }), waitFor('08', '07')],
      counter,
    );
    expect(counted.waitingSpans().map(({ causes }) => causes)).toEqual([['0a 03'], ['0a 07']]);
    expect(calls(counted.snapshot())).toEqual(['a > b: 1']);
  });

  it('have the same names and callers whether ids are digits or bytes', () => {
    const counted = new CountedSpans({ maxWaiting: 10 });
    const counter = new FigureCounter();
    const binary = (id: string) => ({ bytes: Buffer.from(id, 'hex'), start: 0, end: id.length / 2, isBinary: true });
    const child = spanOf('02'.repeat(8), { service: 'b', parent: '01'.repeat(8) });
    const trace = '0a'.repeat(16);
    counter.add({ ...child, traceId: binary(trace), parentSpanId: binary('01'.repeat(8)) }, counted);
    expect(counted.waitingSpans()[0]?.causes).toEqual([`${trace} ${'01'.repeat(8)}`]);
    counter.add({ ...spanOf('01'.repeat(8), { service: 'a' }), traceId: idBytes(trace) }, counted);
    expect(counted.waitingSpans()).toEqual([]);
    expect(calls(counted.snapshot())).toEqual(['a > b: 1']);
  });
});
