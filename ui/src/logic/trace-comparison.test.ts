import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignTraces, nodesOf } from './align-traces.ts';
import { callsAbove } from './comparison-rows.ts';
import { compareTraces, DIFFERENCE, type TraceComparison } from './trace-comparison.ts';
import { answerOf, anySpans, measuresOf, type SpanDraft, treeOf } from './trace-fixtures.ts';
import type { TraceMeasures } from './trace-measures.ts';
import { answerView, viewBuffers } from './trace-views.ts';

const SPANS: SpanDraft[] = [
  { id: 'r', name: 'r', start: 0, end: 1000 },
  { id: 'c', parent: 'r', name: 'cache', start: 10, end: 20 },
  { id: 'd', parent: 'r', name: 'db', start: 20, end: 220 },
  { id: 'e', parent: 'd', name: 'page', start: 30, end: 130 },
  { id: 'f', parent: 'd', name: 'page', start: 130, end: 200 },
];

const without = (...ids: string[]) => SPANS.filter(({ id }) => !ids.includes(id));
const changed = (id: string, change: Partial<SpanDraft>) => SPANS.map((span) => (span.id === id ? { ...span, ...change } : span));

function compare(here: readonly SpanDraft[], ...others: readonly (readonly SpanDraft[])[]): TraceComparison {
  return compareTraces(
    measuresOf({ spans: here }),
    others.map((spans) => measuresOf({ spans })),
  );
}

function told({ findings, aligned }: TraceComparison): unknown[][] {
  return findings.map(({ type, call, count, spans, nanos }) => [type, aligned.names[aligned.name[call] ?? 0], count, spans, nanos]);
}

describe('alignTraces', () => {
  it('puts the same calls together by what they are under, also those that are made several times', () => {
    const aligned = alignTraces([treeOf({ spans: SPANS }), treeOf({ spans: without('e') })]);
    const rows = Array.from({ length: aligned.size }, (_, call) => [
      aligned.names[aligned.name[call] ?? 0],
      aligned.depth[call],
      aligned.parent[call],
      aligned.subtreeEnd[call],
      nodesOf(aligned, call).length,
      nodesOf(aligned, call, 1).length,
    ]);
    expect(rows).toEqual([
      ['r', 0, -1, 4, 1, 1],
      ['cache', 1, 0, 2, 1, 1],
      ['db', 1, 0, 4, 1, 1],
      ['page', 2, 2, 4, 2, 1],
    ]);
  });

  it('tells calls of one name apart by the host that is called, whichever of several alike it is', () => {
    const call = (id: string, start: number, target: string): SpanDraft => ({
      id,
      parent: 'r',
      name: 'GET',
      start,
      end: start + 5,
      target,
    });
    const root: SpanDraft = { id: 'r', name: 'r', start: 0, end: 100 };
    const aligned = alignTraces(
      [
        [root, call('a', 10, 'bank.example/v1/cards/7'), call('b', 20, 'mail-1.example:80/send'), call('c', 30, '10.0.0.7/v1')],
        [root, call('d', 10, 'mail-2.example:80/send'), call('e', 20, 'bank.example/v1/cards/9'), call('f', 30, '')],
        // It has not ended, so that it does not say whom it calls: the bank, which this trace has not called else.
        [root, call('g', 10, 'mail-1.example:80/send'), call('h', 20, '')],
      ].map((spans) => treeOf({ spans })),
    );
    const rows = Array.from({ length: aligned.size }, (_, at) => [
      aligned.hosts[aligned.host[at] ?? 0],
      ...[0, 1, 2].map((trace) => nodesOf(aligned, at, trace).length),
    ]);
    expect(rows).toEqual([
      ['', 1, 1, 1],
      ['bank.example', 1, 1, 1],
      ['mail-1.example:80', 1, 1, 1],
      // An address says nothing: what has it may have many.
      ['', 1, 1, 0],
    ]);
  });

  it('puts a call to an address beside that to a name where the same service answers, whatever their order is', () => {
    const call = (id: string, start: number, target: string, service: string): SpanDraft[] => [
      { id, parent: 'r', name: 'GET', start, end: start + 5, target },
      { id: `${id} answer`, parent: id, name: 'GET /', service, start: start + 1, end: start + 4 },
    ];
    const root: SpanDraft = { id: 'r', name: 'r', start: 0, end: 100 };
    const named = [root, ...call('a', 10, 'payments.internal/v1', 'payments'), ...call('b', 20, 'stock.internal/v1', 'stock')];
    const addressed = [
      root,
      ...['c', 'd'].flatMap((id, at) => call(id, 10 + at, `10.0.0.${at}/v1`, 'stock')),
      ...call('e', 20, '10.0.0.9:80/v1', 'payments'),
      ...call('f', 30, '10.0.0.5/v1', 'mail'),
    ];
    const { names, services, ...aligned } = alignTraces([treeOf({ spans: named }), treeOf({ spans: addressed })]);
    const rows = Array.from({ length: aligned.size }, (_, at) => [
      names[aligned.name[at] ?? 0],
      services[aligned.service[at] ?? 0],
      ...[0, 1].map((trace) => nodesOf({ names, services, ...aligned }, at, trace).length),
    ]);
    expect(rows.filter(([name]) => name === 'GET /')).toEqual([
      ['GET /', 'payments', 1, 1],
      ['GET /', 'stock', 1, 2],
      ['GET /', 'mail', 0, 1],
    ]);
    expect(rows.filter(([name]) => name === 'GET')).toHaveLength(3);
  });

  it('has every span of every trace in exactly one call, beside those of its name under the same call', () => {
    fc.assert(
      fc.property(fc.array(anySpans(), { minLength: 1, maxLength: 4 }), (traces) => {
        const trees = traces.map((spans) => treeOf({ spans }));
        const aligned = alignTraces(trees);
        const calls = Array.from({ length: aligned.size }, (_, call) => call);
        for (const [trace, tree] of trees.entries()) {
          const nodes = calls.flatMap((call) => [...nodesOf(aligned, call, trace)]);
          expect(nodes.toSorted((left, right) => left - right)).toEqual(Array.from({ length: tree.size }, (_, node) => node));
        }
        const keys = calls.map((call) => `${aligned.parent[call]} ${aligned.service[call]} ${aligned.name[call]} ${aligned.host[call]}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

describe('compareTraces', () => {
  it('finds no difference between a trace and itself', () => {
    fc.assert(
      fc.property(anySpans(), fc.integer({ min: 1, max: 3 }), (spans, times) => {
        const comparison = compare(spans, ...Array.from({ length: times }, () => spans));
        expect(comparison.findings).toEqual([]);
        expect(comparison.flags.every((flag) => flag === 0)).toBe(true);
      }),
    );
  });

  it('tells of a subtree that is gone once, with all of its spans, and of nothing else that is gone', () => {
    fc.assert(
      fc.property(anySpans(), fc.nat(), (drafts, which) => {
        // Each span has a name of its own, so that no other takes the place of one that is gone.
        const spans = drafts.map((span) => ({ ...span, name: span.id }));
        const gone = spans[which % spans.length];
        const isGone = new Set([gone?.id]);
        for (const { id, parent } of spans) if (isGone.has(parent)) isGone.add(id);
        const rest = spans.filter(({ id }) => !isGone.has(id));
        const { findings, flags, aligned } = compare(rest, spans);
        const missing = findings.filter(({ type }) => type === 'missing');
        expect(missing.map(({ call, spans: size }) => [aligned.names[aligned.name[call] ?? 0], size])).toEqual([[gone?.name, isGone.size]]);
        expect(flags.filter((flag) => flag === DIFFERENCE.missing)).toHaveLength(isGone.size);
        expect(findings.some(({ type }) => type === 'new')).toBe(false);
      }),
    );
  });

  it('tells the opposite the other way round', () => {
    const opposite = { missing: 'new', new: 'missing', slower: 'faster', faster: 'slower', more: 'fewer', fewer: 'more' } as const;
    fc.assert(
      fc.property(anySpans(), anySpans(), (one, other) => {
        const quiet = (spans: readonly SpanDraft[]) => spans.map((span) => ({ ...span, status: 0 }));
        const kinds = ({ findings, aligned }: TraceComparison) =>
          findings.flatMap(({ type, call, count, spans }) => {
            const where = [call, ...callsAbove({ aligned }, call)].map((at) => aligned.names[aligned.name[at] ?? 0]).join(' ');
            const size = type === 'missing' || type === 'new' ? `${count} ${spans}` : '';
            return type === 'error' ? [] : [{ type, text: `${where} ${size}` }];
          });
        const there = kinds(compare(quiet(one), quiet(other)));
        const back = kinds(compare(quiet(other), quiet(one)));
        expect(back.map(({ type, text }) => `${opposite[type]} ${text}`).toSorted()).toEqual(
          there.map(({ type, text }) => `${type} ${text}`).toSorted(),
        );
      }),
    );
  });

  it('tells time where it was spent, and not of what waited for it', () => {
    const slow = SPANS.map((span) =>
      span.id === 'c'
        ? { ...span, end: 420 }
        : { ...span, start: (span.start ?? 0) + (span.id === 'r' ? 0 : 400), end: (span.end ?? 0) + 400 },
    );
    expect(told(compare(slow, SPANS))).toEqual([['slower', 'cache', 1, 1, 400]]);
    expect(told(compare(SPANS, slow))).toEqual([['faster', 'cache', 1, 1, -400]]);
  });

  it('tells a call that is made again and again once, with how often others make it', () => {
    const queries = (times: number, length = 10): SpanDraft[] => [
      { id: 'r', name: 'r', start: 0, end: 1000 },
      ...Array.from({ length: times }, (_, at): SpanDraft[] => [
        { id: `q${at}`, parent: 'r', name: 'query', start: 10 + at * 20, end: 10 + at * 20 + length },
        { id: `w${at}`, parent: `q${at}`, name: 'wire', start: 11 + at * 20, end: 18 + at * 20 },
      ]).flat(),
    ];
    const { findings, aligned, flags, presence, usualCount, usualLow, duration } = compare(queries(35), queries(1), queries(1), queries(1));
    const query = findings[0]?.call ?? -1;
    expect(told(compare(queries(35), queries(1)))).toEqual([
      ['more', 'query', 35, 35, 340],
      ['faster', 'r', 1, 1, -340],
    ]);
    expect([aligned.size, flags[query], presence[query], usualCount[query], usualLow[query], duration[query]]).toEqual([
      3,
      DIFFERENCE.more,
      3,
      1,
      10,
      350,
    ]);
    expect(told(compare(queries(1), queries(35), queries(30), queries(35)))[0]).toEqual(['fewer', 'query', 1, 1, -340]);
    // As often as others make it at most, and a call more or less of very many, are as usual.
    expect(told(compare(queries(35), queries(1), queries(36), queries(20)))).toEqual([]);
    expect(told(compare(queries(35), queries(34)))).toEqual([]);
  });

  it('says of a call that few of the others make how often it is made here and there', () => {
    const queries = (times: number): SpanDraft[] =>
      Array.from(
        { length: times },
        (_, at): SpanDraft => ({ id: `q${at}`, parent: 'r', name: 'query', start: 300 + at * 20, end: 310 + at * 20 }),
      );
    const others = Array.from({ length: 10 }, (_, at) => (at === 4 ? [...SPANS, ...queries(1)] : SPANS));
    const { findings, presence, usualCount } = compare([...SPANS, ...queries(35)], ...others);
    const call = findings[0]?.call ?? -1;
    expect(findings.filter(({ type }) => type === 'new')).toMatchObject([{ count: 35, spans: 35, nanos: 350 }]);
    expect([presence[call], usualCount[call]]).toEqual([1, 1]);
  });

  it('tells of one slow call among many that are as usual', () => {
    const queries = (slow: number): SpanDraft[] => [
      { id: 'r', name: 'r', start: 0, end: 1200 },
      ...Array.from(
        { length: 50 },
        (_, at): SpanDraft => ({ id: `q${at}`, parent: 'r', name: 'query', start: at * 20, end: at * 20 + (at === 49 ? slow : 10) }),
      ),
    ];
    expect(told(compare(queries(60), queries(10)))).toEqual([['slower', 'query', 50, 50, 50]]);
  });

  it('tells equal calls that are new together, and an error where it came from', () => {
    const more = [
      ...SPANS,
      ...['x', 'y', 'z'].map((id, at): SpanDraft => ({ id, parent: 'r', name: 'retry', start: 300 + at * 10, end: 310 + at * 10 })),
    ];
    expect(told(compare(more, SPANS))).toEqual([['new', 'retry', 3, 3, 30]]);
    const failing = SPANS.map((span) => (['r', 'd', 'e'].includes(span.id) ? { ...span, status: 2 } : span));
    expect(told(compare(failing, SPANS))).toEqual([['error', 'page', 1, 1, 100]]);
    expect(told(compare(SPANS, failing))).toEqual([]);
  });

  it('ranks a planted call first among healthy traces that differ by chance', () => {
    const random = fc.infiniteStream(fc.integer({ min: 80, max: 125 }));
    const noisy = (spans: readonly SpanDraft[], factors: Iterator<number>) =>
      spans.map((span) => ({
        ...span,
        end: (span.start ?? 0) + Math.round((((span.end ?? 0) - (span.start ?? 0)) * (factors.next().value ?? 100)) / 100),
      }));
    fc.assert(
      fc.property(random, (stream) => {
        const factors = stream[Symbol.iterator]();
        const healthy = Array.from({ length: 10 }, (_, at) => noisy(at === 3 ? without('c') : SPANS, factors));
        const lacking = compare(noisy(without('c'), factors), ...healthy);
        expect(told(lacking)[0]).toEqual(['missing', 'cache', 1, 1, expect.any(Number)]);
        const slow = compare(noisy(changed('e', { end: 930 }), factors), ...healthy);
        expect(told(slow)[0]?.slice(0, 2)).toEqual(['slower', 'page']);
      }),
      { numRuns: 50 },
    );
  });

  it('puts a call that is missing before what is done in its place, and both before an error', () => {
    const instead: SpanDraft = { id: 'n', parent: 'r', name: 'read', start: 10, end: 20 };
    const here = [...without('c'), instead].map((span) => (span.id === 'f' ? { ...span, status: 2 } : span));
    expect(told(compare(here, SPANS, SPANS)).map(([type, name]) => `${type} ${name}`)).toEqual(['missing cache', 'new read', 'error page']);
  });

  it('puts an error before what was not done any more for it, and after what was left out before it', () => {
    const then: SpanDraft = { id: 'p', parent: 'r', name: 'publish', start: 300, end: 900 };
    const here = without('c').map(
      (span): SpanDraft => ({ ...span, status: span.id === 'f' ? 1 : 2, ...(span.id === 'r' && { end: 400 }) }),
    );
    const usual = [...SPANS, then];
    expect(told(compare(here, usual, usual)).map(([type, name]) => `${type} ${name}`)).toEqual([
      'missing cache',
      'error page',
      'missing publish',
    ]);
    // The request went on without it: what is missing then has another cause.
    const goesOn = here.map((span): SpanDraft => (span.id === 'r' ? { ...span, status: 1 } : span));
    expect(told(compare(goesOn, usual, usual)).map(([type, name]) => `${type} ${name}`)).toEqual([
      'missing publish',
      'missing cache',
      'error page',
    ]);
  });

  it('says how usual a call is, how long it usually takes, and where one is', () => {
    const others = [100, 110, 120, 130, 5000].map((end) => changed('c', { start: 10, end }));
    const { aligned, presence, usualLow, usualMedian, usualHigh, usualStart, example, exampleLow, findings } = compare(
      SPANS,
      ...others,
      without('c'),
    );
    const cache = [...aligned.name.keys()].find((call) => aligned.names[aligned.name[call] ?? 0] === 'cache') ?? -1;
    expect([
      presence[cache],
      usualStart[cache],
      usualLow[cache],
      usualMedian[cache],
      usualHigh[cache],
      example[cache],
      exampleLow[cache],
    ]).toEqual([5, 10, 90, 110, 4990, 0, 'c'.charCodeAt(0)]);
    expect(findings.map(({ type }) => type)).toEqual(['faster']);
  });

  it('lists two hundred differences and counts all', () => {
    const more = Array.from({ length: 300 }, (_, at): SpanDraft => ({ id: `m${at}`, parent: 'r', name: `m${at}`, start: at, end: at + 1 }));
    const { findings, findingCount } = compare([...SPANS, ...more], SPANS);
    expect([findings.length, findingCount]).toEqual([200, 300]);
  });

  it('has nothing to say without another trace', () => {
    expect(compare(SPANS).findings).toEqual([]);
  });
});

describe('answerView', () => {
  it('compares with answers as the collector gives them, and refuses one that was cut', () => {
    const here = measuresOf({ spans: without('c') });
    const bytes = (text: string) => new TextEncoder().encode(text).buffer;
    const answer = answerView(here, { type: 'comparison', others: [bytes(answerOf({ spans: SPANS }))] });
    expect('findings' in answer ? told(answer) : []).toEqual([['missing', 'cache', 1, 1, -10]]);
    const cut = answerOf({ spans: SPANS }).replace('{"type":"end"', '{"type":"other"');
    expect(() => answerView(here, { type: 'comparison', others: [bytes(cut)] })).toThrow('cut');
  });

  it('tells how long all of them took as they are drawn: with the clocks of services corrected in each', () => {
    const ahead: SpanDraft[] = [
      { id: 'r', name: 'r', service: 'gateway', start: 0, end: 100 },
      { id: 'p', parent: 'r', name: 'charge', service: 'payments', start: 3_010, end: 3_090 },
    ];
    const others = [new TextEncoder().encode(answerOf({ spans: ahead })).buffer];
    const durations = (here: TraceMeasures, shifts?: ReadonlyMap<string, number>) => {
      const answer = answerView(here, { type: 'comparison', others, ...(shifts && { shifts }) });
      return 'durations' in answer ? [answer.durationNanos, ...answer.durations] : [];
    };
    expect(durations(measuresOf({ spans: ahead }))).toEqual([3_090, 3_090]);
    const corrected = ahead.map((span) => (span.id === 'p' ? { ...span, start: 10, end: 90 } : span));
    expect(durations(measuresOf({ spans: corrected }), new Map([['payments', -3_000]]))).toEqual([100, 100]);
  });

  it.each([
    { type: 'flame', way: 'merged' },
    { type: 'flame', way: 'time' },
    { type: 'statistics', by: 'operation' },
    { type: 'calls', by: 'service' },
    { type: 'comparison', others: [] },
  ] as const)('hands over each buffer once: $type', (request) => {
    const buffers = viewBuffers(answerView(measuresOf({ spans: SPANS }), request));
    expect(buffers.length).toBeGreaterThan(5);
    expect(new Set(buffers).size).toBe(buffers.length);
  });
});
