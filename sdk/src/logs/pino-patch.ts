import { type AnyValue, type Context, context, logs, propagation } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import { isRaised } from '../correlation/raised-level.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { toAnyValue } from './any-value.ts';
import { forgetCrash } from './crash-records.ts';
import { exceptionAttributes, findError } from './exception.ts';
import { parseJsonLine } from './json-line.ts';
import type { LoggerConfig } from './logs-config.ts';
import { mayAddSpan, type RecordIds, recordIdsOf, repeatsId } from './record-ids.ts';
import { renamedMessage } from './renamed-message.ts';
import { severityOf } from './severity.ts';

const PATCHED = Symbol.for('threadline.pino.patched');
/** Of the process, which the resource names. */
const PROCESS_FIELDS = ['pid', 'hostname'];
/** A field as pino writes it in front of a line: `{"level":30`, `,"time":1700000000000`. */
const FIRST_FIELD = /^[{,]\s*"([^"]+)":/;

/**
 * Makes every logger of pino 9 and 10, children too, write `trace_id`, `span_id` and `correlation_id` into each line for whatever
 * destination or transport it has, unless the app wrote such fields, and send each line as an OTLP log: what is sent is what pino's own serializers and
 * redaction made of it, and where a flow's level was raised also lines that the logger leaves out, which go nowhere else. Changes
 * the one prototype of all loggers. Safe to repeat.
 */
export function patchPino(pino: unknown, config: LoggerConfig): void {
  const symbols: unknown = isObject(pino) ? Reflect.get(pino, 'symbols') : undefined;
  const prototype = loggerPrototype(pino);
  if (!isObject(symbols) || prototype === undefined || PATCHED in prototype) return;
  const asJson: unknown = Reflect.get(symbols, 'asJsonSym');
  const end: unknown = Reflect.get(symbols, 'endSym');
  if (typeof asJson !== 'symbol' || typeof end !== 'symbol') return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(prototype, asJson, (original) => followLines(original, { symbols, end, config }));
  if (config.raisesLevels) raiseLevels(pino, { prototype, symbols, config });
}

interface RaisedPatch {
  readonly prototype: object;
  readonly symbols: object;
  readonly config: LoggerConfig;
}

/** Takes what a line is written to, and keeps nothing: the line itself has been sent by then. */
const NOWHERE = { write: () => undefined };

/** In place of each method that a logger's level makes empty, one that asks whether the flow is raised. */
function raiseLevels(pino: unknown, { prototype, symbols, config }: RaisedPatch): void {
  const setLevel = symbolOf(symbols, 'setLevelSym');
  const stream = symbolOf(symbols, 'streamSym');
  const hooks = symbolOf(symbols, 'hooksSym');
  const isEnabled: unknown = Reflect.get(prototype, 'isLevelEnabled');
  if (!isMethod(isEnabled)) return;
  /** How pino writes a line of a level, by its number. */
  const writers = new Map<number, Method>();
  const isWanted = (level: string): boolean => isRaised(context.active(), severityOf(level, undefined, config.levels));

  function writerOf(number: number): Method | undefined {
    const known = writers.get(number);
    if (known !== undefined || typeof pino !== 'function') return known;
    const options = { level: 'raised', customLevels: { raised: number }, useOnlyCustomLevels: true };
    const logger: unknown = Reflect.apply(pino, undefined, [options, NOWHERE]);
    const writer: unknown = isObject(logger) ? Reflect.get(logger, 'raised') : undefined;
    if (!isMethod(writer)) return undefined;
    writers.set(number, writer);
    return writer;
  }

  function writeRaised(logger: object, number: number, args: unknown[]): void {
    const writer = writerOf(number);
    if (writer === undefined) return;
    const own = Object.getOwnPropertyDescriptor(logger, stream);
    Object.defineProperty(logger, stream, { value: NOWHERE, configurable: true, writable: true });
    try {
      const hook: unknown = Reflect.get(Reflect.get(logger, hooks) ?? {}, 'logMethod');
      if (isMethod(hook)) Reflect.apply(hook, logger, [args, writer, number]);
      else Reflect.apply(writer, logger, args);
    } finally {
      if (own === undefined) Reflect.deleteProperty(logger, stream);
      else Object.defineProperty(logger, stream, own);
    }
  }

  wrapMethod(
    prototype,
    setLevel,
    (original) =>
      function (...args) {
        const answer: unknown = Reflect.apply(original, this, args);
        const levels: unknown = isObject(this) ? Reflect.get(this, 'levels') : undefined;
        const values: unknown = isObject(levels) ? Reflect.get(levels, 'values') : undefined;
        // Who chose `silent` wants to hear of nothing.
        if (!isObject(this) || !isObject(values) || Reflect.get(this, 'levelVal') === Number.POSITIVE_INFINITY) return answer;
        for (const [level, number] of Object.entries(values)) {
          if (typeof number !== 'number' || Reflect.apply(isEnabled, this, [level]) !== false) continue;
          const method = function (this: unknown, ...given: unknown[]): void {
            if (isObject(this) && isWanted(level)) writeRaised(this, number, given);
          };
          Object.defineProperty(this, level, { value: method, configurable: true, writable: true, enumerable: true });
        }
        return answer;
      },
  );
  wrapMethod(
    prototype,
    'isLevelEnabled',
    (original) =>
      function (...args) {
        const answer: unknown = Reflect.apply(original, this, args);
        const [level] = args;
        const isSilent = isObject(this) && Reflect.get(this, 'levelVal') === Number.POSITIVE_INFINITY;
        return answer === false && typeof level === 'string' && !isSilent ? isWanted(level) : answer;
      },
  );
}

interface Patch {
  readonly symbols: object;
  /** Under which a logger has what ends its lines. */
  readonly end: symbol;
  readonly config: LoggerConfig;
}

function followLines(original: Method, patch: Patch): Method {
  return function (fields, message, level, time, ...rest) {
    const line: unknown = Reflect.apply(original, this, [fields, message, level, time, ...rest]);
    const lineEnd: unknown = isObject(this) ? Reflect.get(this, patch.end) : undefined;
    if (!isObject(this) || typeof line !== 'string' || typeof lineEnd !== 'string' || !line.endsWith(lineEnd)) return line;
    const active = context.active();
    const ids = recordIdsOf(active);
    const members = parseJsonLine(line);
    if (members !== undefined) emit(members, { active, ids }, { logger: this, fields, level, time }, patch);
    const added = membersToAdd({ active, ids }, patch.config, members ?? {});
    return added === '' ? line : `${line.slice(0, -lineEnd.length)}${added}${lineEnd}`;
  };
}

/** Where a line is written. */
interface Surroundings {
  readonly active: Context;
  readonly ids: RecordIds;
}

/** Of a line. */
type Members = Readonly<Record<string, unknown>>;

/** What goes behind the other members of a line. A field of the app's own stays. */
function membersToAdd({ active, ids }: Surroundings, { baggageKeys }: LoggerConfig, members: Members): string {
  let added = '';
  if (mayAddSpan(ids, members)) {
    if (members.trace_id === undefined) added += `,"trace_id":"${ids.trace_id}"`;
    added += `,"span_id":"${ids.span_id}"`;
  }
  if (ids.correlation_id !== undefined && members.correlation_id === undefined)
    added += `,"correlation_id":${JSON.stringify(ids.correlation_id)}`;
  for (const key of baggageKeys) {
    const value = propagation.getBaggage(active)?.getEntry(key)?.value;
    if (value !== undefined && !Object.hasOwn(members, key)) added += `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return added;
}

/** A line with what pino made it of. */
interface Written {
  readonly logger: object;
  readonly fields: unknown;
  readonly level: unknown;
  readonly time: unknown;
}

function emit(members: Members, { active, ids }: Surroundings, { logger, fields, level, time }: Written, { symbols, config }: Patch): void {
  const messageKey = String(Reflect.get(logger, symbolOf(symbols, 'messageKeySym')) ?? 'msg');
  const message = Object.hasOwn(members, messageKey) ? undefined : renamedMessage(members);
  const left = [...PROCESS_FIELDS, message?.name ?? messageKey, ...firstField(levelTextOf(logger, symbols, level)), ...firstField(time)];
  const error = findError(fields);
  const attributes: Record<string, AnyValue> = {};
  for (const [key, value] of Object.entries(members)) {
    // What pino's serializer made of the error is in the exception's attributes.
    if (left.includes(key) || repeatsId(ids, key, value) || (error !== undefined && isObject(fields) && Reflect.get(fields, key) === error))
      continue;
    const converted = toAnyValue(value);
    if (converted !== undefined) attributes[key] = converted;
  }
  for (const key of config.baggageKeys) {
    const value = propagation.getBaggage(active)?.getEntry(key)?.value;
    if (value !== undefined) attributes[key] ??= value;
  }
  if (error !== undefined) forgetCrash(error);
  const label = labelOf(logger, level);
  logs.getLogger('pino').emit({
    context: active,
    timestamp: recordClock.now(),
    severityNumber: severityOf(label, undefined, config.levels),
    severityText: label,
    body: message?.text ?? toAnyValue(members[messageKey]) ?? '',
    attributes: error === undefined ? attributes : { ...attributes, ...exceptionAttributes(error) },
  });
}

/** What pino puts before a line for its level, under a name that the app may have chosen. */
function levelTextOf(logger: object, symbols: object, level: unknown): unknown {
  const texts: unknown = Reflect.get(logger, symbolOf(symbols, 'lsCacheSym'));
  return isObject(texts) ? Reflect.get(texts, String(level)) : undefined;
}

function firstField(text: unknown): string[] {
  const name = typeof text === 'string' ? FIRST_FIELD.exec(text)?.[1] : undefined;
  return name === undefined ? [] : [name];
}

/** `info` of 30, and what the app calls a level of its own. */
function labelOf(logger: object, level: unknown): string {
  const levels: unknown = Reflect.get(logger, 'levels');
  const labels: unknown = isObject(levels) ? Reflect.get(levels, 'labels') : undefined;
  return String((isObject(labels) ? Reflect.get(labels, String(level)) : undefined) ?? level);
}

function symbolOf(symbols: object, name: string): symbol | string {
  const symbol: unknown = Reflect.get(symbols, name);
  return typeof symbol === 'symbol' ? symbol : name;
}

/** Of all loggers, found from one that writes nothing. */
function loggerPrototype(pino: unknown): object | undefined {
  if (typeof pino !== 'function') return undefined;
  const logger: unknown = Reflect.apply(pino, undefined, [{ enabled: false }, { write: () => undefined }]);
  const own: unknown = isObject(logger) ? Object.getPrototypeOf(logger) : undefined;
  const prototype: unknown = isObject(own) ? Object.getPrototypeOf(own) : undefined;
  return isObject(prototype) ? prototype : undefined;
}
