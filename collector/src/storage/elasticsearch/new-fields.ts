import { PLACES, type Place } from './columns.ts';
import type { Connection } from './connection.ts';
import { type FieldType, TYPED_FIELDS, TYPED_OBJECT } from './index-template.ts';

/**
 * Where documents of a bulk request bring fields that their index does not have, Elasticsearch asks the master for each, one after the other: a new
 * index, with hundreds of attributes to come, keeps its first bulks for minutes on a busy cluster. A request that takes so long may be one of those.
 */
const SLOW_BULK_MILLIS = 2_000;
/** Between two times that a data stream is helped, twice as long each time: a cluster may be slow for another reason, and then this only costs. */
const FIRST_PAUSE_MILLIS = 4_000;
const MAX_PAUSE_MILLIS = 60_000;
/** Nearly what an index may have; what is over is left out of the index by itself. */
const MAX_NEW_FIELDS = 900;
/** After so many documents in a row without another field the rest is not read: those of most requests have all the same fields. */
const MAX_DOCUMENTS_WITHOUT = 256;
/** Fewer are soon made one by one. */
const MIN_NEW_FIELDS = 8;
const TYPES = ['string', 'long', 'double', 'boolean'] as const satisfies readonly FieldType[];

/** Of a data stream with slow requests, `performance.now()` values. */
interface Help {
  slowAt: number;
  nextAt: number;
  pauseMillis: number;
}

/** The typed fields of some documents: keys by place and type. */
export type NewFields = Map<Place, Map<FieldType, Set<string>>>;

/**
 * Makes the fields of a bulk request that takes long all at once, beside it: what is left of it finds them there. Nothing depends on it: what it cannot do is
 * done by Elasticsearch, field by field.
 */
export class FieldMaker {
  readonly #connection: Connection;
  readonly #slowMillis: number;
  readonly #helps = new Map<string, Help>();

  constructor(connection: Connection, slowMillis = SLOW_BULK_MILLIS) {
    this.#connection = connection;
    this.#slowMillis = slowMillis;
  }

  /** To be called as a request begins; what it gives is to be called when that has ended, before the bytes become others. */
  watch(dataStream: string, bytes: Buffer): () => void {
    const timer = setTimeout(() => void this.#help(dataStream, bytes), this.#slowMillis);
    timer.unref();
    return () => clearTimeout(timer);
  }

  async #help(dataStream: string, bytes: Buffer): Promise<void> {
    if (!this.#isDue(dataStream)) return;
    const fields = fieldsOf(bytes, MAX_NEW_FIELDS);
    const count = countOf(fields);
    if (count < MIN_NEW_FIELDS) return;
    this.#noteHelp(dataStream);
    for (let most = count; most >= MIN_NEW_FIELDS; most = Math.floor(most / 2)) {
      // Refused where the index would have more than it may: then as many as there is room for.
      if (await this.#make(dataStream, mappingOf(fields, most))) return;
    }
  }

  #isDue(dataStream: string): boolean {
    const now = performance.now();
    const known = this.#helps.get(dataStream);
    // After a time without slow requests it is as if there had been none.
    const help = known && now < known.slowAt + 2 * MAX_PAUSE_MILLIS ? known : { slowAt: now, nextAt: now, pauseMillis: FIRST_PAUSE_MILLIS };
    help.slowAt = now;
    this.#helps.set(dataStream, help);
    return now >= help.nextAt;
  }

  #noteHelp(dataStream: string): void {
    const help = this.#helps.get(dataStream);
    if (!help) return;
    help.nextAt = performance.now() + help.pauseMillis;
    help.pauseMillis = Math.min(2 * help.pauseMillis, MAX_PAUSE_MILLIS);
  }

  async #make(dataStream: string, mapping: object): Promise<boolean> {
    try {
      const path = `/${dataStream}/_mapping`;
      const parameters = { write_index_only: true };
      const { status } = await this.#connection.request({ method: 'PUT', path, parameters, body: mapping, acceptedStatuses: [400] });
      return status !== 400;
    } catch {
      return true;
    }
  }
}

/** The first typed fields of the documents, at most so many. */
export function fieldsOf(bytes: Buffer, most: number): NewFields {
  const fields: NewFields = new Map();
  let count = 0;
  let without = 0;
  // Each document's line is the second of two.
  for (let end = bytes.indexOf('\n'); end !== -1 && count < most && without < MAX_DOCUMENTS_WITHOUT; ) {
    const next = bytes.indexOf('\n', end + 1);
    if (next === -1) break;
    const found = addFields(fields, bytes.toString('utf8', end + 1, next), most - count);
    count += found;
    without = found === 0 ? without + 1 : 0;
    end = bytes.indexOf('\n', next + 1);
  }
  return fields;
}

/** How many the document has that are not there yet, up to `most`. */
function addFields(fields: NewFields, text: string, most: number): number {
  const document: Readonly<Partial<Record<Place, Partial<Record<FieldType, object>>>>> = JSON.parse(text);
  let found = 0;
  for (const place of PLACES) {
    const typed = document[place];
    if (!typed) continue;
    for (const type of TYPES) {
      for (const key of Object.keys(typed[type] ?? {})) {
        if (found < most && add(fields, { place, type, key })) found += 1;
      }
    }
  }
  return found;
}

/** Of the first so many of the fields. */
export function mappingOf(fields: NewFields, most: number): object {
  let left = most;
  const places: [Place, object][] = [];
  for (const [place, types] of fields) {
    const objects: [FieldType, object][] = [];
    for (const [type, keys] of types) {
      const some = [...keys].slice(0, left);
      left -= some.length;
      if (some.length > 0)
        objects.push([type, { ...TYPED_OBJECT, properties: Object.fromEntries(some.map((key) => [key, TYPED_FIELDS[type]])) }]);
    }
    if (objects.length > 0) places.push([place, { properties: Object.fromEntries(objects) }]);
  }
  return { properties: Object.fromEntries(places) };
}

function countOf(fields: NewFields): number {
  let count = 0;
  for (const types of fields.values()) for (const keys of types.values()) count += keys.size;
  return count;
}

function add(fields: NewFields, { place, type, key }: { readonly place: Place; readonly type: FieldType; readonly key: string }): boolean {
  const types = fields.get(place) ?? new Map<FieldType, Set<string>>();
  fields.set(place, types);
  const keys = types.get(type) ?? new Set<string>();
  types.set(type, keys);
  const before = keys.size;
  keys.add(key);
  return keys.size > before;
}
