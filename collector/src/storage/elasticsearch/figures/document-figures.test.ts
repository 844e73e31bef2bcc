import { expect, it } from 'vitest';
import { FigureSet } from '../../figures/figure-set.ts';
import { DocumentCache } from './document-figures.ts';
import { type FigureDocument, openBatch } from './figure-document.ts';
import type { FiguresMoment, ListedDocument } from './figure-store.ts';

const TENANT = 'default';

/** A closed batch of so many spans of a service. */
function batchOf(name: string, service: string, spans: number): FigureDocument {
  const set = new FigureSet();
  for (let count = 0; count < spans; count += 1) set.of(TENANT, { type: 'service', service }, '').cell(1).add(7, 1, false);
  set.of(TENANT, { type: 'operation', service, name: 'GET /', kind: 2 }, '').cell(1).add(7, 1, true);
  return { ...openBatch(name, 0), state: 'closed', figures: set.stored() };
}

function listed({ name, figureType, covers }: FigureDocument, seqNo: number): ListedDocument {
  return { id: `id of ${name}`, version: { seqNo, primaryTerm: 1 }, name, figureType, covers };
}

/** The documents as they are at a moment, and which of them were read. */
function momentOf(documents: readonly FigureDocument[]): { readonly moment: FiguresMoment; readonly read: string[] } {
  const read: string[] = [];
  const moment: FiguresMoment = {
    list: async function* () {
      yield* documents.map((document) => listed(document, 1));
    },
    read: async function* (ids) {
      for (const document of documents.filter(({ name }) => ids.includes(`id of ${name}`))) {
        read.push(document.name);
        yield document;
      }
    },
    close: async () => undefined,
  };
  return { moment, read };
}

/** Spans by service, of what the cache gives of the documents. */
async function spansOf(cache: DocumentCache, moment: FiguresMoment, documents: readonly ListedDocument[]) {
  const spans: Record<string, number> = {};
  for await (const [, { byType }] of cache.read(moment, { tenant: TENANT, documents }))
    for (const { key, total } of byType.get('service')?.series() ?? []) spans[key.service] = total.spans;
  return spans;
}

it('reads a document once as long as it is the same, and again once it has changed', async () => {
  const cache = new DocumentCache();
  const [orders, payments] = [batchOf('a', 'orders', 3), batchOf('b', 'payments', 5)];
  const first = momentOf([orders, payments]);
  expect(await spansOf(cache, first.moment, [listed(orders, 1), listed(payments, 2)])).toEqual({ orders: 3, payments: 5 });
  expect(first.read).toEqual(['a', 'b']);
  // Under the same name: calls were added to it.
  const more = batchOf('a', 'orders', 4);
  const second = momentOf([more, payments]);
  expect(await spansOf(cache, second.moment, [listed(more, 3), listed(payments, 2)])).toEqual({ orders: 4, payments: 5 });
  expect(second.read).toEqual(['a']);
  expect(await spansOf(cache, second.moment, [listed(more, 3), listed(payments, 2)])).toEqual({ orders: 4, payments: 5 });
  expect(second.read).toEqual(['a']);
});

it('gives each type by itself', async () => {
  const batch = batchOf('a', 'orders', 3);
  const { moment } = momentOf([batch]);
  for await (const [, { byType }] of new DocumentCache().read(moment, { tenant: TENANT, documents: [listed(batch, 1)] })) {
    expect([...byType.keys()]).toEqual(['service', 'operation']);
    for (const [type, set] of byType) expect(Array.from(set.series(), ({ key }) => key.type)).toEqual([type]);
  }
});
