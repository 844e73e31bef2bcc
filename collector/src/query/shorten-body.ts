import type { AnyValue, KeyValue, LogRecord } from '../api/index.ts';

/** What a list shows of one body. A record may be 1 MiB and a page has up to 1,000; the whole body is one request away. */
export const MAX_LIST_BODY_BYTES = 4_096;
/** What a number, a boolean or an empty value counts for in a body that is a map or an array. */
const SCALAR_BYTES = 8;

/**
 * The record for a list: of its body at most `MAX_LIST_BODY_BYTES`, then `bodyTruncated`. A text is cut between two code points,
 * bytes between two groups of base64. Of a map or an array the entries are kept in order while they fit: keys and texts count
 * their UTF-8 bytes, other values 8; the entry in which the limit falls is cut, all after it are left out. The record itself is left alone.
 */
export function shortenBody(record: LogRecord): LogRecord {
  if (record.body === undefined) return record;
  const budget = new Budget(MAX_LIST_BODY_BYTES);
  const body = shortenValue(record.body, budget);
  return budget.isExceeded ? { ...record, body, bodyTruncated: true } : record;
}

class Budget {
  isExceeded = false;
  private remainingBytes: number;

  constructor(bytes: number) {
    this.remainingBytes = bytes;
  }

  /** True where all of it still fits; nothing fits any more after the first that does not. */
  take(bytes: number): boolean {
    if (bytes > this.remainingBytes) {
      this.isExceeded = true;
      return false;
    }
    this.remainingBytes -= bytes;
    return true;
  }

  /** The rest of the budget, used up. */
  takeRest(): number {
    const rest = this.remainingBytes;
    this.remainingBytes = 0;
    return rest;
  }
}

function shortenValue(value: AnyValue, budget: Budget): AnyValue {
  if (value.stringValue !== undefined) return { stringValue: shortenText(value.stringValue, budget) };
  if (value.bytesValue !== undefined) return { bytesValue: shortenBase64(value.bytesValue, budget) };
  if (value.arrayValue !== undefined) return { arrayValue: { values: shortenList(value.arrayValue.values, budget, shortenValue) } };
  if (value.kvlistValue !== undefined) return { kvlistValue: { values: shortenList(value.kvlistValue.values, budget, shortenEntry) } };
  budget.take(SCALAR_BYTES);
  return value;
}

function shortenEntry(entry: KeyValue, budget: Budget): KeyValue {
  return entry.value === undefined ? entry : { key: entry.key, value: shortenValue(entry.value, budget) };
}

/** Stops at the first entry for whose key and smallest value there is no room. */
function shortenList<T extends AnyValue | KeyValue>(items: readonly T[], budget: Budget, shorten: (item: T, budget: Budget) => T): T[] {
  const kept: T[] = [];
  for (const item of items) {
    if (budget.isExceeded || !budget.take(('key' in item ? Buffer.byteLength(item.key) : 0) + SCALAR_BYTES)) break;
    kept.push(shorten(item, budget));
  }
  return kept;
}

function shortenText(text: string, budget: Budget): string {
  if (budget.take(Buffer.byteLength(text))) return text;
  const target = new Uint8Array(budget.takeRest());
  return text.slice(0, new TextEncoder().encodeInto(text, target).read);
}

function shortenBase64(base64: string, budget: Budget): string {
  if (budget.take(Buffer.byteLength(base64, 'base64'))) return base64;
  return base64.slice(0, Math.floor(budget.takeRest() / 3) * 4);
}
