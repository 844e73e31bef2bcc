import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { indexSpan } from '../../../model/indexed-record.ts';
import { type SpanMeaning, spanMeaning } from '../../figures/span-meaning.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import { OpenSegments } from '../segments/open-segments.ts';
import { encodeGroup, writeSegment } from '../segments/write-segment.ts';
import { SpanReader } from './segment-spans.ts';

const attributes = fc.record(
  {
    'http.request.method': fc.constantFrom('GET', 'POST', ''),
    'http.route': fc.constantFrom('/orders/:id', '/healthz', ''),
    'url.path': fc.constantFrom('/orders/1', '/orders/2', '/shop/health?x=1', '/metrics/', ''),
    'http.target': fc.constantFrom('/ready', '/orders'),
    'server.address': fc.constantFrom('a.local', 'b.local'),
    'net.peer.name': fc.constantFrom('c.local'),
    'db.system.name': fc.constantFrom('postgresql'),
    'db.namespace': fc.constantFrom('shop', ''),
    'messaging.system': fc.constantFrom('kafka'),
    'messaging.operation.type': fc.constantFrom('receive', 'send'),
    'messaging.destination.name': fc.constantFrom('orders'),
  },
  { requiredKeys: [] },
);
const span = fc.record({ kind: fc.integer({ min: 0, max: 5 }), name: fc.constantFrom('one', 'two'), isRoot: fc.boolean(), attributes });

it('spans read from a segment mean what their own attributes say, whatever others they are alike to', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-spans-'));
  const segments = new OpenSegments(directory, () => undefined);
  let id = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 60 }), async (spans) => {
        id += 1;
        const buffer = new RowBuffer('spans');
        buffer.addSpans(
          'default',
          spans.map(({ kind, name, isRoot, attributes: texts }, number) =>
            indexSpan({
              id: `${id} ${number}`,
              traceId: '1'.repeat(32),
              spanId: String(number + 1).padStart(16, '0'),
              ...(!isRoot && { parentSpanId: 'f'.repeat(16) }),
              name,
              kind,
              startTimeUnixNano: '1795168800000000000',
              endTimeUnixNano: '1795168800500000000',
              arrivalTimeUnixNano: '1795168900000000000',
              attributes: Object.entries(texts).map(([key, stringValue]) => ({ key, value: { stringValue } })),
              resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
              scope: { attributes: [] },
            }),
          ),
        );
        async function* groups() {
          yield await encodeGroup(buffer.finish());
        }
        await writeSegment(directory, { table: 'spans', id, from: id, to: id, replaces: [] }, groups());
        segments.change([{ table: 'spans', id }], []);
        const read: SpanMeaning[] = [];
        const reader = new SpanReader();
        for (const group of segments.segment({ table: 'spans', id })?.groups ?? [])
          reader.visit(group, ({ alike }) => read.push(alike.meaning));
        expect(read).toEqual(
          spans.map(({ attributes: texts, ...own }) => {
            const texted: Readonly<Record<string, string | undefined>> = texts;
            return spanMeaning(own, (key) => texted[key]);
          }),
        );
      }),
      { numRuns: 40 },
    );
  } finally {
    segments.close();
    await rm(directory, { recursive: true, force: true });
  }
});
