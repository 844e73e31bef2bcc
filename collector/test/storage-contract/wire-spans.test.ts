import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyValue, OtlpSpan } from '../../src/api/index.ts';
import { PlainRequest } from '../../src/model/plain-request.ts';
import { isSpan } from '../../src/model/record.ts';
import { idsByPosition } from '../../src/model/record-ids.ts';
import { RequestSpans } from '../../src/storage/elasticsearch/figures/request-spans.ts';
import { countableSpan } from '../../src/storage/figures/countable-span.ts';
import type { CountableSpan } from '../../src/storage/figures/figure-counter.ts';
import { MEANING_KEYS } from '../../src/storage/figures/span-meaning.ts';
import { spanName } from '../../src/storage/figures/waiting-span.ts';
import { damage, damaged, requestOf, WIRE_SPANS } from './wire-arbitraries.ts';

const CONTEXT = { arrivalNanos: 1_795_132_800_123_456_789n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: 3, offset: 77 }) };
const RUNS = { numRuns: 300 };
const TENANT = 'default';
/** One for all, so that what it knows of earlier requests is of use to later ones, and does no harm. */
const REQUEST_SPANS = new RequestSpans();

const meaning: fc.Arbitrary<KeyValue[]> = fc.array(
  fc.record({
    key: fc.constantFrom(...MEANING_KEYS, 'http.rout', 'any.other'),
    value: fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .constantFrom(
            'GET',
            '/orders/:id',
            '/healthz',
            '/a/Ready/?x=1',
            '/mine',
            '/metrics/',
            '/mobile/9',
            'kafka',
            'process',
            'db.local',
            '',
          )
          .map((stringValue) => ({ stringValue })),
      },
      { weight: 1, arbitrary: fc.constant({ intValue: '7' }) },
    ),
  }),
  { maxLength: 5 },
);
const spanOf = (span: fc.Arbitrary<OtlpSpan>): fc.Arbitrary<OtlpSpan> =>
  fc.tuple(span, meaning).map(([own, added]) => ({ ...own, attributes: [...added, ...own.attributes] }));

/** What is counted of a span, with ids that stay. */
function plain({ traceId, spanId, parentSpanId, links, ...rest }: CountableSpan) {
  return {
    ...rest,
    name: spanName(traceId, spanId),
    parent: parentSpanId && spanName(traceId, parentSpanId),
    links: links.map((link) => spanName(link.traceId, link.spanId)),
  };
}

describe('spans of requests as figures count them', () => {
  it('are what objects make of them, the last one first, for whatever is sent', () => {
    const spans = requestOf(
      fc.oneof({ weight: 3, arbitrary: spanOf(WIRE_SPANS.simple) }, { weight: 1, arbitrary: spanOf(WIRE_SPANS.any) }),
    );
    let count = 0;
    fc.assert(
      fc.property(spans, damage, (groups, changes) => {
        const request = PlainRequest.of('traces', damaged(WIRE_SPANS.encode(groups), changes), CONTEXT);
        if (!request) return;
        const found: unknown[] = [];
        REQUEST_SPANS.visit(TENANT, request, { isWanted: () => true, visit: (span) => found.push(plain(span)) });
        const expected = request.records().filter(isSpan);
        count += expected.length;
        expect(found).toEqual(expected.reverse().map((span) => plain(countableSpan(TENANT, span))));
      }),
      RUNS,
    );
    expect(count).toBeGreaterThan(1_000);
  });

  it('are only those that are wanted', () => {
    const span: OtlpSpan = {
      traceId: '11'.repeat(16),
      spanId: '22'.repeat(8),
      name: 'x',
      startTimeUnixNano: '5',
      endTimeUnixNano: '9',
      attributes: [],
    };
    const records = Array.from({ length: 5 }, (_, index) => ({ ...span, spanId: `${index + 1}2`.repeat(8) }));
    const request = PlainRequest.of(
      'traces',
      WIRE_SPANS.encode([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records }] }]),
      CONTEXT,
    );
    if (!request) throw new Error('not plain');
    const found: string[] = [];
    REQUEST_SPANS.visit(TENANT, request, {
      isWanted: (index) => index % 2 === 1,
      visit: ({ spanId, traceId }) => found.push(spanName(traceId, spanId)),
    });
    expect(found).toEqual([4, 2].map((digit) => `${'11'.repeat(16)} ${`${digit}2`.repeat(8)}`));
  });
});
