import { type Context, context } from '@opentelemetry/api';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { runInRoot } from './kafka-client.ts';
import { followData } from './rdkafka-consuming.ts';
import { headersFrom } from './rdkafka-producing.ts';

/** What was written to a stream and is not yet with its producer: from where, in order. */
const written = new WeakMap<object, Context[]>();
/** Chunks that were made here of what was written. */
const carrying = new WeakSet<object>();

/**
 * A stream that messages are written to: each is sent from the context that wrote it, also when others are written while
 * the first is on its way. Takes the prototype of the class; a stream of bytes becomes one of messages below its own methods.
 */
export function followWriteStream(prototype: object): void {
  const writeMessage: unknown = Reflect.get(prototype, '_write_message');
  if (!isMethod(writeMessage)) return;
  for (const name of ['write', 'end']) wrapMethod(prototype, name, (original) => rememberWriter(original, name === 'end'));
  for (const name of ['_write_buffer', '_write_message'])
    wrapMethod(
      prototype,
      name,
      (original) =>
        function (chunk, ...rest) {
          if (!isObject(this) || !isObject(chunk)) return Reflect.apply(original, this, [chunk, ...rest]);
          return Reflect.apply(writeMessage, this, [sentFrom(this, chunk), ...rest]);
        },
    );
  wrapMethod(
    prototype,
    '_writev',
    (original) =>
      function (entries, ...rest) {
        const followed =
          isObject(this) && Array.isArray(entries)
            ? entries.map((entry: unknown) => (isObject(entry) ? { ...entry, chunk: sentFrom(this, Reflect.get(entry, 'chunk')) } : entry))
            : entries;
        return Reflect.apply(original, this, [followed, ...rest]);
      },
  );
}

/** A stream that messages are read from: who listens to `data` is in each message's context. It asks for them in none. */
export function followReadStream(prototype: object): void {
  wrapMethod(prototype, 'emit', followData);
  for (const name of ['connect', '_read_message', '_read_buffer']) runInRoot(prototype, name);
}

function rememberWriter(original: Method, isEnd: boolean): Method {
  return function (...args) {
    const [chunk] = args;
    // `end` may have a callback alone, or nothing.
    if (!isObject(this) || (isEnd && (chunk === undefined || chunk === null || isMethod(chunk))))
      return Reflect.apply(original, this, args);
    const writers = written.get(this) ?? [];
    written.set(this, writers);
    writers.push(context.active());
    const { length } = writers;
    try {
      return Reflect.apply(original, this, args);
    } catch (error) {
      // It was refused, and will not come.
      if (writers.length === length) writers.pop();
      throw error;
    }
  };
}

/** A copy of what was written, as a message that is sent from where it was written. Again itself, when it is tried again. */
function sentFrom(stream: object, chunk: unknown): unknown {
  if (!isObject(chunk) || carrying.has(chunk)) return chunk;
  const caller = written.get(stream)?.shift() ?? context.active();
  const copy = Buffer.isBuffer(chunk)
    ? { topic: Reflect.get(stream, 'topicName'), partition: null, value: chunk, key: null, headers: headersFrom(undefined, caller) }
    : { ...chunk, headers: headersFrom(Reflect.get(chunk, 'headers'), caller) };
  carrying.add(copy);
  return copy;
}
