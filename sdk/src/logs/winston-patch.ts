import { type Context, context, logs, propagation, trace } from '@opentelemetry/api';
import { type HrTime, recordClock } from '../clock.ts';
import { correlationIdOf } from '../correlation/flow.ts';
import { isObject, wrapMethod } from '../instrument/wrap-method.ts';
import { forgetCrash } from './crash-records.ts';
import type { WinstonConfig } from './logs-config.ts';
import { severityOf } from './severity.ts';
import { LEVEL, readWrittenRecord, TRACE_FIELDS, toOtlpRecord, type WrittenRecord } from './winston-record.ts';

/** What is known only at the moment of the call: a record may pass the logger's stream later and elsewhere. */
interface Capture extends WrittenRecord {
  readonly context: Context;
  readonly time: HrTime;
  /** Baggage that was put on the record. */
  readonly baggageKeys: readonly string[];
}

const NO_KEYS: readonly string[] = [];
const captures = new WeakMap<object, Capture>();
/** The capture whose record a logger is formatting right now; formatting is synchronous. */
const formatting = new WeakMap<object, Capture>();
let config: WinstonConfig = { baggageKeys: [], levels: new Map() };
const PATCHED = Symbol.for('threadline.winston.patched');

/** For the start of the SDK: what is put on records, and how levels of the app's own are understood. */
export function configureWinston(next: WinstonConfig): void {
  config = next;
}

/**
 * Makes every logger of a winston 3, made before or after, write `trace_id`, `span_id` and `correlation_id` into each
 * record for whatever transports it has, and send each record that one of its levels lets through as an OTLP log. Works
 * on the class's prototype, so children and containers are in it and no transport is added. Safe to repeat.
 */
export function patchWinston(winston: unknown): void {
  const prototype = loggerPrototype(winston);
  if (prototype === undefined || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(
    prototype,
    'write',
    (original) =>
      function (info, ...rest) {
        return Reflect.apply(original, this, [isObject(info) ? capture(info) : info, ...rest]);
      },
  );
  wrapMethod(
    prototype,
    '_transform',
    (original) =>
      function (info, ...rest) {
        const captured = isObject(info) ? captures.get(info) : undefined;
        if (!isObject(this) || captured === undefined) return Reflect.apply(original, this, [info, ...rest]);
        formatting.set(this, captured);
        try {
          return Reflect.apply(original, this, [info, ...rest]);
        } finally {
          formatting.delete(this);
        }
      },
  );
  wrapMethod(
    prototype,
    'push',
    (original) =>
      function (info, ...rest) {
        const captured = isObject(this) ? formatting.get(this) : undefined;
        // A format that answers false has dropped the record for everyone.
        if (captured !== undefined && isObject(info)) emit(this, info, captured);
        return Reflect.apply(original, this, [info, ...rest]);
      },
  );
}

function capture(info: object): object {
  const active = context.active();
  const spanContext = trace.getSpanContext(active);
  const valid = spanContext !== undefined && trace.isSpanContextValid(spanContext) ? spanContext : undefined;
  const record = Object.isExtensible(info) ? info : { ...info };
  // A record that is logged twice must not keep the ids of the first time.
  const before = captures.get(record);
  if (before !== undefined) for (const key of [...TRACE_FIELDS, ...before.baggageKeys]) Reflect.deleteProperty(record, key);
  const id = correlationIdOf(active);
  if (valid !== undefined) Object.assign(record, { trace_id: valid.traceId, span_id: valid.spanId });
  if (id !== undefined) Object.assign(record, { correlation_id: id });
  const baggageKeys = config.baggageKeys.length === 0 ? NO_KEYS : config.baggageKeys.filter((key) => addBaggage(record, key, active));
  const { message, error, hasTimestamp } = readWrittenRecord(record);
  captures.set(record, { message, error, hasTimestamp, context: active, time: recordClock.now(), baggageKeys });
  return record;
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
  if (!isEnabled(logger, level, levels ?? {})) return;
  if (captured.error !== undefined) forgetCrash(captured.error);
  const { body, attributes } = toOtlpRecord(info, captured, captured.time[0] * 1000 + captured.time[1] / 1e6);
  logs.getLogger('winston').emit({
    context: captured.context,
    timestamp: captured.time,
    severityNumber: severityOf(level, levels, config.levels),
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

function isLevels(value: unknown): value is Record<string, number> {
  if (!isObject(value)) return false;
  for (const name in value) if (typeof Reflect.get(value, name) !== 'number') return false;
  return true;
}

function loggerPrototype(winston: unknown): object | undefined {
  const logger: unknown = isObject(winston) ? Reflect.get(winston, 'Logger') : undefined;
  const prototype: unknown = isObject(logger) ? Reflect.get(logger, 'prototype') : undefined;
  return isObject(prototype) ? prototype : undefined;
}
