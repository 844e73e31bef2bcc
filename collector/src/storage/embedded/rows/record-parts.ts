import type { AnyValue, OtlpSpan } from '../../../api/index.ts';
import { attributeLeaves, bodyLeaves, leafText } from '../../../model/attribute-leaves.ts';
import { messageOf } from '../../../model/indexed-record.ts';
import type { TokenWriter } from '../filter/token-writer.ts';
import { encodeLeaves, encodeTexts } from '../leaf-text.ts';
import { encodeWords } from '../words.ts';

/** Parts that few records have, as columns. */

export interface EncodedBody {
  /** The columns `body`, `message` and `words`. */
  readonly leaves: string;
  readonly message: string;
  readonly words: string;
}

/** A log's body, whose tokens are written. */
export function encodeBody(body: AnyValue | undefined, tokens: TokenWriter): EncodedBody {
  const text = body && messageOf(body);
  const leaves = bodyLeaves(body);
  for (const { key, value } of leaves) tokens.leaf(key, leafText(value));
  const message = body?.stringValue?.isWellFormed() ? body.stringValue : '';
  return { leaves: encodeLeaves(leaves), message, words: text === undefined ? '' : encodeWords(text, message, tokens) };
}

/** Columns of spans. */
export interface EncodedParts {
  readonly event_names: string;
  readonly link_traces: string;
  readonly event_attributes: string;
  readonly link_attributes: string;
}

const NO_PARTS: EncodedParts = { event_names: '', link_traces: '', event_attributes: '', link_attributes: '' };

/** A span's events and links, whose tokens are written. */
export function encodeParts({ events = [], links = [] }: Pick<OtlpSpan, 'events' | 'links'>, tokens: TokenWriter): EncodedParts {
  if (events.length === 0 && links.length === 0) return NO_PARTS;
  const names = events.flatMap(({ name }) => (name ? [name] : []));
  const traces = links.flatMap(({ traceId }) => (traceId ? [traceId] : []));
  for (const name of names) tokens.field('event', name);
  for (const trace of traces) tokens.field('link', trace);
  const eventLeaves = events.flatMap((event) => attributeLeaves(event.attributes));
  const linkLeaves = links.flatMap((link) => attributeLeaves(link.attributes));
  for (const { key, value } of eventLeaves) tokens.leaf(key, leafText(value));
  for (const { key, value } of linkLeaves) tokens.leaf(key, leafText(value));
  return {
    event_names: encodeTexts(names),
    link_traces: encodeTexts(traces),
    event_attributes: encodeLeaves(eventLeaves),
    link_attributes: encodeLeaves(linkLeaves),
  };
}
