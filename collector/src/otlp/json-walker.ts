import { ThreadlineError } from '../errors.ts';
import { expectedScalar, readScalar } from './json-scalars.ts';
import { JsonScanner, type JsonToken } from './json-scanner.ts';
import { LIMITS } from './limits.ts';
import type { Field, MessageField, MessageSpec } from './schema.ts';
import type { ValueSink } from './sinks.ts';

/** A path is for a person; one that is longer comes from nesting that no person made. */
const MAX_PATH_LENGTH = 300;

/** An object that is being read: its message, and the field that it is the value of (none for the root). */
interface ObjectFrame {
  readonly type: 'object';
  readonly message: MessageSpec;
  readonly opened: MessageField | undefined;
  /** The member being read, for paths. */
  key: string;
  isFresh: boolean;
}

/** A list that is being read, and the number of the element. */
interface ListFrame {
  readonly type: 'list';
  readonly field: Field;
  index: number;
}

type Frame = ObjectFrame | ListFrame;

/**
 * Walks an OTLP/JSON body and tells the sink the same as a protobuf walk would. lowerCamelCase names; unknown members are stepped
 * over; `null` is an absent field. Keeps its own stack, so nesting costs no call stack. Of a member that comes twice both are told.
 * Throws `malformed_body` that names the path (`resourceLogs[0].scopeLogs[1].logRecords[3].timeUnixNano`) or the character.
 * Source: OTLP specification, "JSON Protobuf Encoding"; proto3's JSON mapping.
 */
export function walkJson(text: string, root: MessageSpec, sink: ValueSink): void {
  new JsonWalk(text, root, sink).run();
}

class JsonWalk {
  readonly #scanner: JsonScanner;
  readonly #sink: ValueSink;
  readonly #frames: Frame[] = [];
  readonly #root: MessageSpec;

  constructor(text: string, root: MessageSpec, sink: ValueSink) {
    this.#scanner = new JsonScanner(text);
    this.#root = root;
    this.#sink = sink;
  }

  run(): void {
    if (this.#scanner.peek() !== 'object') throw this.#wrong('an object');
    this.#openObject(this.#root, undefined);
    for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
      if (frame.type === 'object') this.#readMember(frame);
      else this.#readElement(frame);
    }
    this.#scanner.expectEnd();
  }

  #readMember(frame: ObjectFrame): void {
    const scanner = this.#scanner;
    if (scanner.accept('}')) {
      this.#frames.pop();
      if (frame.opened) this.#sink.close(frame.opened);
      return;
    }
    if (!frame.isFresh) scanner.expect(',');
    frame.isFresh = false;
    frame.key = scanner.readString();
    scanner.expect(':');
    const token = scanner.peek();
    const field = frame.message.byName.get(frame.key);
    if (token === 'null') scanner.readNull();
    else if (!field) scanner.skipValue();
    else if (field.isList) this.#openList(field, token);
    else this.#readValue(field, token);
  }

  #readElement(frame: ListFrame): void {
    if (this.#scanner.accept(']')) {
      this.#frames.pop();
      return;
    }
    if (frame.index >= 0) this.#scanner.expect(',');
    frame.index++;
    this.#readValue(frame.field, this.#scanner.peek());
  }

  #readValue(field: Field, token: JsonToken): void {
    if (field.kind === 'message') {
      if (token !== 'object') throw this.#wrong('an object', token);
      this.#openObject(field.message, field);
      return;
    }
    if (token === 'object' || token === 'array' || token === 'null') throw this.#wrong(expectedScalar(field.kind), token);
    const value = readScalar(this.#scanner, token, field.kind);
    if (value === undefined) throw this.#wrong(expectedScalar(field.kind), token);
    this.#sink.value(field, value);
  }

  #openObject(message: MessageSpec, opened: MessageField | undefined): void {
    this.#scanner.expect('{');
    this.#push({ type: 'object', message, opened, key: '', isFresh: true });
    if (opened) this.#sink.open(opened);
  }

  #openList(field: Field, token: JsonToken): void {
    if (token !== 'array') throw this.#wrong('an array', token);
    this.#scanner.expect('[');
    this.#push({ type: 'list', field, index: -1 });
  }

  #push(frame: Frame): void {
    if (this.#frames.length >= LIMITS.nesting)
      throw this.#scanner.malformed(`at most ${LIMITS.nesting} objects and arrays inside one another`);
    this.#frames.push(frame);
  }

  #wrong(expected: string, token?: JsonToken): ThreadlineError {
    const path = this.#path();
    const actual = token === undefined ? '' : ` and it is ${article(token)}`;
    const where = path === '' ? 'the body' : path;
    return new ThreadlineError('malformed_body', `not a valid OTLP/JSON body: ${where} must be ${expected}${actual}`, { field: path });
  }

  #path(): string {
    let path = '';
    for (const frame of this.#frames) path += frame.type === 'list' ? `[${frame.index}]` : `${path === '' ? '' : '.'}${frame.key}`;
    return path.length > MAX_PATH_LENGTH ? `${path.slice(0, MAX_PATH_LENGTH)}…` : path;
  }
}

function article(token: JsonToken): string {
  if (token === 'null') return 'null';
  return token === 'object' || token === 'array' ? `an ${token}` : `a ${token} that is none`;
}
