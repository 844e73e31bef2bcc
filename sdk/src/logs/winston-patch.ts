import { type Context, context, logs, propagation } from '@opentelemetry/api';
import { type HrTime, recordClock } from '../clock.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { isRaised } from '../correlation/raised-level.ts';
import { isObject, wrapMethod } from '../instrument/wrap-method.ts';
import { forgetCrash } from './crash-records.ts';
import { isError } from './exception.ts';
import type { LoggerConfig } from './logs-config.ts';
import { mayAddSpan, type RecordIds, recordIdsOf, TRACE_FIELDS } from './record-ids.ts';
import { severityOf } from './severity.ts';
import { LEVEL, readWrittenRecord, toOtlpRecord, type WrittenRecord } from './winston-record.ts';

/** Where a record is written. */
interface Surroundings {
  readonly active: Context;
  readonly ids: RecordIds;
}

const NO_IDS: RecordIds = { trace_id: undefined, span_id: undefined, correlation_id: undefined };

/** What is known only at the moment of the call: a record may pass the logger's stream later and elsewhere. */
class Capture implements WrittenRecord {
  /** Two that stay, see ADR 11, of different records, so that no kind of record is part of what is compiled for them. */
  static readonly models = [{}, { message: '' }].map(
    (record) => new Capture(record, { message: '', error: undefined, hasTimestamp: false }, { active: EMPTY_CONTEXT, ids: NO_IDS }),
  );
  /** What winston is given. */
  readonly record: object;
  readonly message: unknown;
  readonly error: Error | undefined;
  readonly hasTimestamp: boolean;
  readonly context: Context;
  readonly ids: RecordIds;
  readonly time: HrTime;

  constructor(record: object, { message, error, hasTimestamp }: WrittenRecord, { active, ids }: Surroundings) {
    this.record = record;
    this.message = message;
    this.error = error;
    this.hasTimestamp = hasTimestamp;
    this.context = active;
    this.ids = ids;
    this.time = recordClock.now();
  }
}

/** What winston hands on, as far as it is written here. */
interface TracedRecord {
  trace_id?: unknown;
  span_id?: unknown;
  correlation_id?: unknown;
}

const NO_KEYS: readonly string[] = [];
const SPAN_FIELDS: readonly string[] = ['trace_id', 'span_id'];
const FLOW_FIELDS: readonly string[] = ['correlation_id'];

/** Makes a private field of a derived class one of any object. */
class Given {
  constructor(record: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the language has no other way to a field that no format prints, copies or lists, and an entry of a weak map costs ten times as much.
    return record;
  }
}

/** Remembers on a record which of its fields were put there. */
class Marked extends Given {
  #added: readonly string[];

  private constructor(record: object, added: readonly string[]) {
    super(record);
    this.#added = added;
  }

  static fieldsOf(record: object): readonly string[] {
    return #added in record ? record.#added : NO_KEYS;
  }

  static mark(record: object, added: readonly string[]): void {
    if (#added in record) record.#added = added;
    else if (added.length > 0) new Marked(record, added);
  }
}

/** The record that is being written. Nearly each is formatted before its `write` returns. */
let writing: Capture | undefined;
/** Those that a logger's stream holds back: an entry here costs more than all else that a record is asked. */
const waiting = new WeakMap<object, Capture>();
/** The error that a child logger is given, while it makes a record of its fields: its type and stack are not among them. */
let givenToChild: Error | undefined;
/** The record that is being formatted right now, and by which logger; formatting is synchronous. */
let formatting: Capture | undefined;
let formattingLogger: object | undefined;
let config: LoggerConfig = { baggageKeys: [], levels: new Map(), raisesLevels: false };
const PATCHED = Symbol.for('threadline.winston.patched');

/** For the start of the SDK: what is put on records, and how levels of the app's own are understood. */
export function configureWinston(next: LoggerConfig): void {
  config = next;
}

/**
 * Makes every logger of a winston 3, made before or after, write `trace_id`, `span_id` and `correlation_id` into each
 * record for whatever transports it has, unless the app wrote such fields, and send each record that one of its levels lets through, or that its flow's raised
 * level does, as an OTLP log. Works on the class's prototype, so children and containers are in it and no transport is added.
 * Safe to repeat.
 */
export function patchWinston(winston: unknown): void {
  const prototype = loggerPrototype(winston);
  if (prototype === undefined || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(
    prototype,
    'write',
    (original) =>
      function (...args) {
        const info = args[0];
        if (!isObject(info)) return Reflect.apply(original, this, args);
        const outer = writing;
        const own = capture(info);
        writing = own;
        args[0] = own.record;
        try {
          return Reflect.apply(original, this, args);
        } finally {
          if (writing === own) waiting.set(own.record, own);
          writing = outer;
        }
      },
  );
  wrapMethod(
    prototype,
    '_transform',
    (original) =>
      function (...args) {
        const info = args[0];
        const captured = isObject(info) ? takeCapture(info) : undefined;
        if (!isObject(this) || captured === undefined) return Reflect.apply(original, this, args);
        const outer = formatting;
        const outerLogger = formattingLogger;
        formatting = captured;
        formattingLogger = this;
        try {
          return Reflect.apply(original, this, args);
        } finally {
          formatting = outer;
          formattingLogger = outerLogger;
        }
      },
  );
  wrapMethod(
    prototype,
    'push',
    (original) =>
      function (...args) {
        const info = args[0];
        // A format that answers false has dropped the record for everyone.
        if (formatting !== undefined && formattingLogger === this && isObject(info)) emit(this, info, formatting);
        return Reflect.apply(original, this, args);
      },
  );
  followErrorsOfChildren(prototype);
  raiseEnabledLevels(prototype);
}

/** A child has a `write` of its own, which cannot be replaced: what the app gets is an object in front of it. */
function followErrorsOfChildren(prototype: object): void {
  wrapMethod(
    prototype,
    'child',
    (original) =>
      function (...args) {
        const child: unknown = Reflect.apply(original, this, args);
        const write: unknown = isObject(child) ? Reflect.get(child, 'write') : undefined;
        if (!isObject(child) || typeof write !== 'function') return child;
        return Object.create(child, {
          write: {
            value(this: unknown, ...written: readonly unknown[]) {
              const [info] = written;
              if (!isError(info)) return Reflect.apply(write, this, written);
              const outer = givenToChild;
              givenToChild = info;
              try {
                return Reflect.apply(write, this, written);
              } finally {
                givenToChild = outer;
              }
            },
          },
        });
      },
  );
}

/** An app that asks first, as it should where a record is dear, is told that it is wanted. */
function raiseEnabledLevels(prototype: object): void {
  wrapMethod(
    prototype,
    'isLevelEnabled',
    (original) =>
      function (...args) {
        const answer: unknown = Reflect.apply(original, this, args);
        const [level] = args;
        if (answer !== false || !config.raisesLevels || typeof level !== 'string' || !isObject(this)) return answer;
        return isRaised(context.active(), severityOf(level, levelsOf(this), config.levels));
      },
  );
}

/** Of the record that is being written, or of one that had to wait. */
function takeCapture(info: object): Capture | undefined {
  if (writing?.record !== info) return waiting.get(info);
  const captured = writing;
  writing = undefined;
  return captured;
}

function capture(info: TracedRecord): Capture {
  const active = context.active();
  const record: TracedRecord = Object.isExtensible(info) ? info : { ...info };
  // A record that is logged twice must not keep the ids of the first time.
  for (const key of Marked.fieldsOf(record)) Reflect.deleteProperty(record, key);
  const ids = recordIdsOf(active);
  const added = addIds(record, ids);
  const baggageKeys = config.baggageKeys.length === 0 ? NO_KEYS : config.baggageKeys.filter((key) => addBaggage(record, key, active));
  Marked.mark(record, baggageKeys.length === 0 ? added : [...added, ...baggageKeys]);
  const written = readWrittenRecord(record, givenToChild);
  givenToChild = undefined;
  return new Capture(record, written, { active, ids });
}

/** Which fields were added: what the app wrote stays. */
function addIds(record: TracedRecord, ids: RecordIds): readonly string[] {
  const hasSpan = mayAddSpan(ids, record);
  if (hasSpan) {
    record.trace_id = ids.trace_id;
    record.span_id = ids.span_id;
  }
  const hasFlow = ids.correlation_id !== undefined && record.correlation_id === undefined;
  if (hasFlow) record.correlation_id = ids.correlation_id;
  if (hasSpan) return hasFlow ? TRACE_FIELDS : SPAN_FIELDS;
  return hasFlow ? FLOW_FIELDS : NO_KEYS;
}

/** False when there is none, or when the app wrote a field of this name. */
function addBaggage(record: object, key: string, active: Context): boolean {
  const value = propagation.getBaggage(active)?.getEntry(key)?.value;
  return value !== undefined && !(key in record) && Reflect.set(record, key, value);
}

function emit(logger: unknown, info: object, captured: Capture): void {
  const level: unknown = Reflect.get(info, LEVEL);
  if (typeof level !== 'string' || !isObject(logger)) return;
  const levels = levelsOf(logger);
  const severityNumber = severityOf(level, levels, config.levels);
  if (!isEnabled(logger, level, levels ?? {}) && !(config.raisesLevels && isRaised(captured.context, severityNumber))) return;
  if (captured.error !== undefined) forgetCrash(captured.error);
  const { body, attributes } = toOtlpRecord(info, captured, {
    ids: captured.ids,
    timeMillis: captured.time[0] * 1000 + captured.time[1] / 1e6,
  });
  logs.getLogger('winston').emit({
    context: captured.context,
    timestamp: captured.time,
    severityNumber,
    severityText: level,
    body,
    attributes,
  });
}

/** By the logger's own level or by that of any of its transports, so that nothing the app shows is missing. */
function isEnabled(logger: object, level: string, levels: Readonly<Record<string, number>>): boolean {
  const own: unknown = Reflect.get(logger, 'level');
  const given = levels[level];
  if (given === undefined) return true;
  const highest = typeof own === 'string' ? levels[own] : undefined;
  if (highest === undefined || highest >= given) return true;
  const transports: unknown = Reflect.get(logger, 'transports');
  return Array.isArray(transports) && transports.some((transport) => (levels[String(Reflect.get(transport, 'level'))] ?? -1) >= given);
}

function levelsOf(logger: object): Record<string, number> | undefined {
  const levels: unknown = Reflect.get(logger, 'levels');
  return isLevels(levels) ? levels : undefined;
}

let lastLevels: object | undefined;

function isLevels(value: unknown): value is Record<string, number> {
  if (value === lastLevels && value !== undefined) return true;
  if (!isObject(value)) return false;
  for (const name in value) if (typeof Reflect.get(value, name) !== 'number') return false;
  lastLevels = value;
  return true;
}

function loggerPrototype(winston: unknown): object | undefined {
  const logger: unknown = isObject(winston) ? Reflect.get(winston, 'Logger') : undefined;
  const prototype: unknown = isObject(logger) ? Reflect.get(logger, 'prototype') : undefined;
  return isObject(prototype) ? prototype : undefined;
}
