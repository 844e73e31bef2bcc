import type { PlainRequest } from '../../../model/plain-request.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import type { TemplateReader } from '../../patterns/template-reader.ts';
import { NO_TEMPLATE } from '../../patterns/template-text.ts';
import { type BulkBody, BulkFilling } from '../bulk-body.ts';
import type { DocumentExtras } from '../document.ts';
import { DocumentBytes } from './document-bytes.ts';
import { LogDocuments } from './log-documents.ts';
import { SpanDocuments } from './span-documents.ts';
import type { WireDocuments } from './wire-documents.ts';

/** The next record of some requests. */
interface Cursor {
  request: number;
  group: number;
  /** In its group. */
  record: number;
  /** In its request. */
  index: number;
}

/** What the documents have beside their records. */
export interface RequestExtras {
  /** Of logs. */
  readonly templates?: TemplateReader;
  readonly figureBatch?: string | undefined;
}

interface Filler {
  readonly cursor: Cursor;
  readonly extras: RequestExtras;
}

/**
 * Bodies of bulk requests from the bytes of export requests, the same as `bulkBodies` makes of their records. Knows the keys and severities of earlier ones, so
 * one serves all calls.
 */
export class RequestBodies {
  readonly #out = new DocumentBytes(Buffer.alloc(0));
  readonly #logs = new LogDocuments(this.#out);
  readonly #spans = new SpanDocuments(this.#out);

  /** One at a time; others may be made of other requests in between. */
  *of(requests: readonly PlainRequest[], extras: RequestExtras = {}): Generator<BulkBody> {
    const cursor: Cursor = { request: 0, group: 0, record: 0, index: 0 };
    const total = requests.reduce((sum, { wire }) => sum + wire.recordCount, 0);
    for (let first = 0; cursor.request < requests.length; ) {
      const filling = new BulkFilling(this.#out, total - first);
      this.#logs.templates = extras.templates;
      for (const documents of [this.#logs, this.#spans]) documents.figureBatch = extras.figureBatch;
      this.#fill(filling, requests, { cursor, extras });
      const from = first;
      first += filling.count;
      if (filling.count > 0) yield filling.finish(from, (number) => recordAt(requests, from + number));
    }
  }

  #fill(filling: BulkFilling, requests: readonly PlainRequest[], { cursor, extras }: Filler): void {
    for (let request = requests[cursor.request]; request; request = requests[cursor.request]) {
      const { groups } = request.wire;
      for (let group = groups[cursor.group]; group; group = groups[cursor.group]) {
        if (!this.#fillGroup(filling, { request, group }, { cursor, extras })) return;
        cursor.group += 1;
        cursor.record = 0;
      }
      cursor.request += 1;
      cursor.group = 0;
      cursor.index = 0;
    }
  }

  /** Whether all of the group is written. */
  #fillGroup(
    filling: BulkFilling,
    { request, group }: { request: PlainRequest; group: WireGroup },
    { cursor, extras: { templates, figureBatch } }: Filler,
  ): boolean {
    const { places } = group;
    const documents: WireDocuments = request.signal === 'logs' ? this.#logs : this.#spans;
    documents.startGroup(request, group);
    for (; 2 * cursor.record < places.length; cursor.record += 1, cursor.index += 1) {
      if (filling.isFull) return false;
      const start = places[2 * cursor.record] ?? 0;
      const end = places[2 * cursor.record + 1] ?? 0;
      if (documents.add(request.wire.body, start, end, cursor.index)) filling.noteDocument();
      else {
        const record = request.record(cursor.index);
        const extras: DocumentExtras = { template: templates?.ofRecord(record) ?? NO_TEMPLATE, figureBatch };
        filling.add(record, 'full', extras);
      }
    }
    return true;
  }
}

/** The record of this number, over all requests. */
function recordAt(requests: readonly PlainRequest[], number: number) {
  let rest = number;
  for (const request of requests) {
    if (rest < request.wire.recordCount) return request.record(rest);
    rest -= request.wire.recordCount;
  }
  throw new Error(`there is no record ${number}`);
}
