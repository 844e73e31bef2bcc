import type { BlindSpot, DropReport, FlowBreak, FlowSummary, KeyValue, LogRecord, Span, UnfinishedSpan } from '@threadline/collector/api';
import { valueText } from './any-value.ts';
import type { ClockCorrection } from './clock-correction.ts';
import { SHARE_PLACE } from './share-place.ts';
import { createShareRedactor, type ShareCounts, type ShareRules } from './share-redaction.ts';

/** A flow as far as it is shared. */
export interface FlowContents {
  readonly summary: FlowSummary;
  /** In causal order. */
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  readonly breaks: readonly FlowBreak[];
  readonly unseen: readonly BlindSpot[];
  /** Absent where no clock is off. Times are as they were sent. */
  readonly clocks?: Pick<ClockCorrection, 'clocks' | 'mixed'>;
}

/** What the file holds. */
export interface SharedFlow extends FlowContents {
  readonly version: 1;
  readonly sharedAtMillis: number;
  /** Values that were hidden, and attributes that were left out. */
  readonly hiddenCount: number;
  readonly leftOutCount: number;
}

/** What every mail and chat takes along, and every browser opens in a few seconds. */
export const MAX_SHARE_BYTES = 25 * 1024 * 1024;
/** An attribute of the flow, by its key. */
export interface SharedKey {
  readonly key: string;
  /** Records that have it. */
  readonly count: number;
  /** One of its values, as it would be shared. */
  readonly example: string;
}

export interface PreparedShare {
  /** JSON that no page takes for anything else, in pieces; cut where it is longer than may be shared. */
  readonly pieces: readonly string[];
  /** Of all of it. */
  readonly bytes: number;
  readonly counts: ShareCounts;
  /** Most frequent first. */
  readonly keys: readonly SharedKey[];
}

export interface PrepareOptions {
  readonly rules: ShareRules;
  readonly nowMillis: number;
  readonly signal: AbortSignal;
  /** Told now and then, from 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** Lets others run; called between pieces. */
  readonly pause: () => Promise<void>;
}

/** Records of one piece: some milliseconds of work. */
const PIECE_RECORDS = 200;
/** Keys that are told one by one. */
const MAX_KEYS = 500;
const EXAMPLE_CHARACTERS = 80;

/** The flow without what the rules hide, as it goes into the file. Rejects with the signal's reason. */
export async function prepareShare(
  flow: FlowContents,
  { rules, nowMillis, signal, onProgress, pause }: PrepareOptions,
): Promise<PreparedShare> {
  const redactor = createShareRedactor(rules);
  // Examples are redacted too, and are not counted.
  const examples = createShareRedactor({ ...rules, leftOut: new Set() });
  const keys = new Map<string, { count: number; readonly example: string }>();
  const pieces: string[] = [];
  let bytes = 0;
  const add = (json: string): void => {
    const piece = escapeJson(json);
    bytes += new Blob([piece]).size;
    if (bytes <= MAX_SHARE_BYTES) pieces.push(piece);
  };
  const count = ({ attributes, resource }: Span | LogRecord): void => {
    for (const attribute of [...attributes, ...resource.attributes]) {
      const known = keys.get(attribute.key);
      if (known !== undefined) known.count += 1;
      else if (keys.size < MAX_KEYS)
        keys.set(attribute.key, { count: 1, example: exampleOf(examples.redact({ attributes: [attribute] })) });
    }
  };
  const total = Math.max(1, flow.spans.length + flow.logs.length);
  let done = 0;
  const addRecords = async (records: readonly (Span | LogRecord)[]): Promise<void> => {
    for (let from = 0; from < records.length; from += PIECE_RECORDS) {
      signal.throwIfAborted();
      const piece = records.slice(from, from + PIECE_RECORDS);
      for (const record of piece) count(record);
      add(`${from === 0 ? '' : ','}${piece.map((record) => JSON.stringify(redactor.redact(record))).join(',')}`);
      done += piece.length;
      onProgress(done / total);
      await pause();
    }
  };
  const { summary, unfinished, drops, breaks, unseen, clocks } = redactor.redact({
    summary: flow.summary,
    unfinished: flow.unfinished,
    drops: flow.drops,
    breaks: flow.breaks,
    unseen: flow.unseen,
    clocks: flow.clocks && { clocks: flow.clocks.clocks, mixed: flow.clocks.mixed },
  });
  add(`{"version":1,"sharedAtMillis":${nowMillis},"spans":[`);
  await addRecords(flow.spans);
  add('],"logs":[');
  await addRecords(flow.logs);
  const { hidden, leftOut } = redactor.counts;
  const hiddenCount = Object.values(hidden).reduce((sum, one) => sum + one, 0);
  add(`],${JSON.stringify({ summary, unfinished, drops, breaks, unseen, clocks, hiddenCount, leftOutCount: leftOut }).slice(1)}`);
  signal.throwIfAborted();
  const sorted = [...keys].map(([key, { count: records, example }]) => ({ key, count: records, example }));
  return { pieces, bytes, counts: redactor.counts, keys: sorted.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)) };
}

function exampleOf({ attributes: [first] }: { readonly attributes: readonly KeyValue[] }): string {
  return valueText(first?.value).slice(0, EXAMPLE_CHARACTERS);
}

/** JSON without any character that ends a script element, opens a comment in it, or ends a line of JavaScript; it is the same JSON. */
function escapeJson(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The viewer's page with the flow in its place, in pieces. Throws where the page has no place for it. */
export function shareFile(page: string, pieces: readonly string[]): string[] {
  const [head, tail, ...more] = page.split(SHARE_PLACE);
  if (head === undefined || tail === undefined || more.length > 0) throw new Error('the viewer has no one place for the data');
  return [head, ...pieces, tail];
}

/** What the file holds, from its text; undefined for a text that is no shared flow of this version. */
export function readSharedFlow(text: string): SharedFlow | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isSharedFlow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSharedFlow(value: unknown): value is SharedFlow {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) return false;
  return 'summary' in value && 'spans' in value && Array.isArray(value.spans) && 'logs' in value && Array.isArray(value.logs);
}
