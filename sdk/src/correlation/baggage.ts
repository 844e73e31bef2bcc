import { type Baggage, type BaggageEntry, baggageEntryMetadataFromString } from '@opentelemetry/api';
import type { Redactor } from '../redaction/redactor.ts';
import { CORRELATION_ID_BAGGAGE_KEY } from './correlation-id.ts';
import { OrderedBaggage } from './ordered-baggage.ts';

/** W3C Baggage, section 3.3.2: what every platform must be able to carry, and so what we send at most. */
const MAX_MEMBERS = 64;
const MAX_BYTES = 8192;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** baggage-octet without the percent sign, which encodes the others. */
const VALUE_TO_ENCODE = /[^\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/gu;
/** Octets in a row that are encoded. */
const ENCODED = /(?:%[\da-f]{2})+/gi;
const PRINTABLE = /^[\t\x20-\x7e]*$/;

/** A member as it arrived, so that one nobody changed leaves byte for byte as it came. */
const receivedMember = new WeakMap<BaggageEntry, string>();

export interface ReceivedBaggage {
  /** All valid members but the correlation id. */
  readonly baggage: Baggage;
  /** The value of `correlation.id`, unchecked. */
  readonly correlationId: string | undefined;
}

/** What a caller without baggage says. */
export const NO_BAGGAGE: ReceivedBaggage = { baggage: new OrderedBaggage(new Map()), correlationId: undefined };

/**
 * Reads a `baggage` header (several joined by commas). Malformed members are left out, as W3C Baggage asks; the others keep
 * their order, and of two with one key the last counts. Never throws.
 */
export function parseBaggage(header: string): ReceivedBaggage {
  if (header === '') return NO_BAGGAGE;
  const entries = new Map<string, BaggageEntry>();
  let correlationId: string | undefined;
  for (const part of header.split(',')) {
    const member = part.trim();
    const [pair = '', ...properties] = member.split(';');
    const separator = pair.indexOf('=');
    const key = pair.slice(0, separator).trim();
    if (separator < 1 || !TOKEN.test(key)) continue;
    const value = decodeValue(pair.slice(separator + 1).trim());
    if (key === CORRELATION_ID_BAGGAGE_KEY) {
      correlationId = value;
      continue;
    }
    const metadata = properties.join(';').trim();
    const entry: BaggageEntry = metadata === '' ? { value } : { value, metadata: baggageEntryMetadataFromString(metadata) };
    if (PRINTABLE.test(member)) receivedMember.set(entry, member);
    entries.set(key, entry);
  }
  return { baggage: new OrderedBaggage(entries), correlationId };
}

/**
 * The flow's baggage with what the app itself gave a call, a `baggage` header, behind it; of two members with one key the app's
 * counts, in the place of the flow's. What is a member of `outside` too, with its value, is left out: the app hands on what its
 * own caller, who is not believed, sent it.
 */
export function addGivenBaggage(flow: Baggage | undefined, given: string, outside: Baggage | undefined): Baggage {
  const entries = new Map(flow?.getAllEntries());
  for (const [key, entry] of parseBaggage(given).baggage.getAllEntries()) {
    if (outside?.getEntry(key)?.value !== entry.value) entries.set(key, entry);
  }
  return new OrderedBaggage(entries);
}

export interface EncodedBaggage {
  /** The header's value; empty when there is nothing to send. */
  readonly header: string;
  readonly droppedMembers: number;
}

/**
 * Writes a `baggage` header with the correlation id first. Within 64 members and 8,192 bytes all others follow in
 * their order, those that arrived and were not changed byte for byte; the last are dropped beyond that. What the redactor
 * takes for a secret is hidden, and a member with a secret in its properties goes without these.
 */
export function encodeBaggage(correlationId: string | undefined, baggage: Baggage | undefined, redactor?: Redactor): EncodedBaggage {
  if (baggage === undefined)
    return { header: correlationId === undefined ? '' : `${CORRELATION_ID_BAGGAGE_KEY}=${correlationId}`, droppedMembers: 0 };
  const members = correlationId === undefined ? [] : [`${CORRELATION_ID_BAGGAGE_KEY}=${correlationId}`];
  let bytes = members.reduce((sum, member) => sum + member.length, 0);
  const others = baggage.getAllEntries().filter(([key]) => key !== CORRELATION_ID_BAGGAGE_KEY && TOKEN.test(key));
  for (const [sent, [key, entry]] of others.entries()) {
    const shown = redactor === undefined ? entry : hideSecrets(key, entry, redactor);
    const member = receivedMember.get(shown) ?? encodeMember(key, shown);
    const added = member.length + (members.length > 0 ? 1 : 0);
    if (members.length === MAX_MEMBERS || bytes + added > MAX_BYTES)
      return { header: members.join(','), droppedMembers: others.length - sent };
    members.push(member);
    bytes += added;
  }
  return { header: members.join(','), droppedMembers: 0 };
}

/** The entry itself when there is no secret in it. */
function hideSecrets(key: string, entry: BaggageEntry, redactor: Redactor): BaggageEntry {
  const value = String(redactor.value(key, entry.value));
  const metadata = entry.metadata?.toString() ?? '';
  if (redactor.text(metadata) !== metadata) return { value };
  if (value === entry.value) return entry;
  return entry.metadata === undefined ? { value } : { value, metadata: entry.metadata };
}

function encodeMember(key: string, entry: BaggageEntry): string {
  const value = entry.value.toWellFormed().replace(VALUE_TO_ENCODE, encodeURIComponent);
  const metadata = entry.metadata?.toString() ?? '';
  return metadata !== '' && PRINTABLE.test(metadata) ? `${key}=${value};${metadata}` : `${key}=${value}`;
}

/** W3C Baggage, section 3.3.1.1: octets that are no UTF-8 are U+FFFD. A percent sign that encodes nothing stays what it is. */
function decodeValue(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value.replace(ENCODED, (octets) => Buffer.from(octets.replaceAll('%', ''), 'hex').toString());
  }
}
