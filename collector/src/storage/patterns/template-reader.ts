import type { IndexedRecord } from '../../model/record.ts';
import { MAX_SHAPE_BYTES } from './message-shape.ts';
import type { PatternMiner, TemplateBatch } from './pattern-miner.ts';
import { NO_TEMPLATE, type TemplateText } from './template-text.ts';

/** More than a shape is made of, so that it is seen that a message goes on. */
const MAX_UNITS = 2 * MAX_SHAPE_BYTES;
/** UTF-8 has at most three bytes for what is one unit of a string. */
const MAX_BYTES_A_UNIT = 3;

/** Gives the templates of logs, one after the other; only a body that is a well-formed text has one. */
export class TemplateReader {
  readonly #batch: TemplateBatch;
  readonly #tenant: string;
  readonly #bytes = Buffer.allocUnsafe(MAX_UNITS * MAX_BYTES_A_UNIT);
  #service: string | undefined;
  #find: ReturnType<TemplateBatch['service']> | undefined;

  constructor(miner: PatternMiner, tenant: string) {
    this.#batch = miner.startBatch();
    this.#tenant = tenant;
  }

  ofRecord(indexed: IndexedRecord): TemplateText {
    if (indexed.signal !== 'logs') return NO_TEMPLATE;
    const text = indexed.record.body?.stringValue ?? '';
    if (text === '' || !text.isWellFormed()) return NO_TEMPLATE;
    return this.ofBytes(indexed.service, this.#bytes, 0, this.#bytes.write(text.slice(0, MAX_UNITS)));
  }

  /** Of a message that stands in these bytes as valid UTF-8. */
  ofBytes(service: string, bytes: Uint8Array, start: number, end: number): TemplateText {
    if (!this.#find || service !== this.#service) {
      this.#service = service;
      this.#find = this.#batch.service(this.#tenant, service);
    }
    return this.#batch.templates[this.#find(bytes, start, end)] ?? NO_TEMPLATE;
  }
}
