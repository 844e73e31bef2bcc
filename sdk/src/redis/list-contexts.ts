import { createHash } from 'node:crypto';
import { followBatch } from '../messaging/batch-array.ts';
import { type ReceivedMessage, rememberMessage, rememberText } from '../messaging/received-message.ts';
import { argumentText } from './stream-entries.ts';

/**
 * A list's element has no room for anything but itself. For lists that were opted in, the context goes beside them:
 *
 *     threadline:list:<list>:<SHA-1 of the element>   a list of contexts as JSON, the oldest first
 *
 * It is written before the element on the same connection, and taken by whoever takes the element. Equal elements are
 * told apart by their order.
 */
const KEY_PREFIX = 'threadline:list:';
/** A consumer without the SDK leaves contexts behind; so do elements that wait for longer than this. */
const EXPIRE_SECONDS = 86_400;

const PUSHING = new Set(['LPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX']);
/** Their arguments are lists, then a timeout. */
const BLOCKING = new Set(['BLPOP', 'BRPOP']);
/** Their first argument is the list to take from. */
const TAKING = new Set(['LPOP', 'RPOP', 'LMOVE', 'BLMOVE', 'RPOPLPUSH', 'BRPOPLPUSH']);

/** Sends a command on the same connection, behind those that were sent before, with nothing of the SDK's in its way. */
export type SendCommand = (args: readonly string[]) => Promise<unknown>;

/** The list that a command adds to; undefined for any other command. */
export function pushedList(command: string, args: readonly unknown[]): string | undefined {
  return PUSHING.has(command) ? argumentText(args[0]) : undefined;
}

/** The lists that a command may take from; none for any other command. */
export function poppedLists(command: string, args: readonly unknown[]): string[] {
  const keys = BLOCKING.has(command) ? args.slice(0, -1) : TAKING.has(command) ? args.slice(0, 1) : [];
  return keys.flat().flatMap((key) => argumentText(key) ?? []);
}

/** Writes the context of each element that is about to be added. */
export function writeListContexts(send: SendCommand, args: readonly unknown[], fields: Readonly<Record<string, string>>): Promise<unknown> {
  const list = argumentText(args[0]) ?? '';
  const context = JSON.stringify(fields);
  return Promise.all(
    args.slice(1).flatMap((element) => {
      const key = contextKey(list, element);
      return [send(['RPUSH', key, context]), send(['EXPIRE', key, String(EXPIRE_SECONDS)])];
    }),
  );
}

/** Makes one of the elements that were taken known, with what it carried. */
type Receive = (list: string, carriers: readonly Readonly<Record<string, unknown>>[]) => readonly ReceivedMessage[];

/** Reads the contexts of the elements in a reply and remembers them, before the app sees the reply. */
export async function readListContexts(send: SendCommand, lists: readonly string[], reply: unknown, receive: Receive): Promise<void> {
  const { list, elements } = elementsOf(reply, lists);
  if (list === undefined || elements.length === 0) return;
  const carriers = await Promise.all(elements.map(async (element) => parseCarrier(await send(['LPOP', contextKey(list, element)]))));
  const received = receive(list, carriers);
  for (const [index, message] of received.entries()) {
    const element = elements[index];
    if (typeof element === 'string') rememberText(element, message);
    else if (typeof element === 'object' && element !== null) rememberMessage(element, message);
    // A reply about one element stands for it too.
    if (elements.length === 1 && typeof reply === 'object' && reply !== null) rememberMessage(reply, message);
  }
  if (Array.isArray(reply) && reply === elements) followBatch(reply);
}

interface Elements {
  readonly list: string | undefined;
  readonly elements: readonly unknown[];
}

/** One element, several of one list, `[list, element]`, or node-redis's `{ key, element }`. */
function elementsOf(reply: unknown, lists: readonly string[]): Elements {
  const [first] = lists;
  if (reply === null || reply === undefined) return { list: undefined, elements: [] };
  if (argumentText(reply) !== undefined) return { list: first, elements: [reply] };
  if (typeof reply === 'object' && 'key' in reply && 'element' in reply)
    return { list: argumentText(reply.key), elements: [reply.element] };
  if (!Array.isArray(reply)) return { list: undefined, elements: [] };
  const named = argumentText(reply[0]);
  return lists.length > 0 && reply.length === 2 && named !== undefined && lists.includes(named)
    ? { list: named, elements: [reply[1]] }
    : { list: first, elements: reply };
}

function contextKey(list: string, element: unknown): string {
  const bytes = element instanceof Uint8Array ? element : String(element);
  return `${KEY_PREFIX}${list}:${createHash('sha1').update(bytes).digest('hex')}`;
}

function parseCarrier(text: unknown): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(argumentText(text) ?? '{}');
    return isRecord(fields) ? fields : {};
  } catch {
    // Somebody else's key.
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
