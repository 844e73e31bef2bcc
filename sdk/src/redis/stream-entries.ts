import { followBatch } from '../messaging/batch-array.ts';
import { type ReceivedMessage, rememberMessage } from '../messaging/received-message.ts';

/** The fields of an entry that are ours. */
const OURS = ['traceparent', 'tracestate', 'baggage'];

type Carrier = Readonly<Record<string, unknown>>;

/** Makes the entries of one stream known; answers one for each carrier, in order. */
type Receive = (stream: string, carriers: readonly Carrier[]) => readonly ReceivedMessage[];

/** An argument or a name in a reply, which may be bytes; undefined for what is neither. */
export function argumentText(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  return argument instanceof Uint8Array ? Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength).toString() : undefined;
}

/** Whether an XADD names one of our fields already: it is sent again, or the app does it by itself. */
export function carriesContext(args: readonly unknown[]): boolean {
  return args.some(
    (argument) => argument === 'traceparent' || (argument instanceof Uint8Array && argumentText(argument) === 'traceparent'),
  );
}

/**
 * Finds the entries in a reply, as RESP2 lists, as RESP3 maps or as node-redis gives them, takes our fields out of them
 * and remembers each. For-of and the callback methods of a list of entries enter each entry's context.
 *
 * @param keyed the stream of a reply that has entries alone (XCLAIM, XAUTOCLAIM)
 */
export function followStreams(reply: unknown, keyed: string | undefined, receive: Receive): void {
  if (keyed !== undefined) {
    const lists = [reply, ...(Array.isArray(reply) ? reply : [field(reply, 'messages')])];
    followEntries(keyed, lists.find(isEntryList), receive);
    return;
  }
  for (const [name, entries] of streamsOf(reply)) followEntries(name, entries, receive);
}

function streamsOf(reply: unknown): [name: string, entries: unknown][] {
  if (Array.isArray(reply)) {
    // RESP3 as a flat list: name, entries, name, entries.
    if (argumentText(reply[0]) !== undefined)
      return reply.flatMap((name, index) => (index % 2 === 0 ? [[argumentText(name) ?? '', reply[index + 1]]] : []));
    return reply.map((stream: unknown) =>
      Array.isArray(stream)
        ? [argumentText(stream[0]) ?? '', stream[1]]
        : [argumentText(field(stream, 'name')) ?? '', field(stream, 'messages')],
    );
  }
  if (reply instanceof Map) return [...reply].map(([name, entries]) => [argumentText(name) ?? '', entries]);
  return typeof reply === 'object' && reply !== null ? Object.entries(reply) : [];
}

function followEntries(stream: string, entries: unknown, receive: Receive): void {
  const list = rememberEntries(entries, (carriers) => receive(stream, carriers));
  if (list !== undefined) followBatch(list);
}

/**
 * Takes our fields out of a list of entries and remembers each, for `withMessage`. Answers the list; undefined, changing
 * nothing, for what is none.
 */
export function rememberEntries(
  entries: unknown,
  receive: (carriers: readonly Carrier[]) => readonly ReceivedMessage[],
): readonly unknown[] | undefined {
  if (!isEntryList(entries)) return undefined;
  const known = entries.filter((entry) => entry !== null);
  for (const [index, received] of receive(known.map(takeCarrier)).entries()) {
    const entry = known[index];
    if (entry !== undefined) rememberMessage(entry, received);
  }
  return entries;
}

/** Ours are removed, so that the app sees the fields that were added by the producer's app and no others. */
function takeCarrier(entry: object): Carrier {
  const carrier: Record<string, unknown> = {};
  const fields: unknown = Array.isArray(entry) ? entry[1] : field(entry, 'message');
  if (Array.isArray(fields)) {
    for (let index = fields.length - 2; index >= 0; index -= 2) {
      const name = argumentText(fields[index]);
      if (name === undefined || !OURS.includes(name)) continue;
      carrier[name] = fields[index + 1];
      fields.splice(index, 2);
    }
  } else if (fields instanceof Map) {
    for (const name of OURS) {
      if (fields.has(name)) carrier[name] = fields.get(name);
      fields.delete(name);
    }
  } else if (typeof fields === 'object' && fields !== null) {
    for (const name of OURS) {
      const value: unknown = Reflect.get(fields, name);
      if (value !== undefined) carrier[name] = value;
      Reflect.deleteProperty(fields, name);
    }
  }
  return carrier;
}

/** `[id, fields]` or `{ id, message }`; a claimed entry that was deleted since is null. */
function isEntryList(value: unknown): value is (object | null)[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (entry) =>
        entry === null || (Array.isArray(entry) ? argumentText(entry[0]) !== undefined && entry.length === 2 : isEntryObject(entry)),
    )
  );
}

function isEntryObject(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'id' in entry && 'message' in entry;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
