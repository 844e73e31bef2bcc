import type { AnyValue } from '@opentelemetry/api';
import { toAnyValue } from './any-value.ts';
import { hasColours, withoutColours } from './colours.ts';
import { type ExceptionAttributes, exceptionAttributes, findError, isError, messageOf } from './exception.ts';
import { parseJsonLine } from './json-line.ts';
import { type RecordIds, repeatsId } from './record-ids.ts';
import { renamedMessage } from './renamed-message.ts';
import { propertyOf } from './thrown-value.ts';

/** Symbols that winston's parts share (package triple-beam). */
export const LEVEL = Symbol.for('level');
const SPLAT = Symbol.for('splat');
/** The line that transports write. */
const LINE = Symbol.for('message');

/** The rest of a second that a pattern does not write. What differs by more is a time of the app's own, or in another zone. */
const MAX_TIMESTAMP_DIFFERENCE_MILLIS = 1000;
/** `2026-01-31T23:59:59.999Z` */
const ISO_CHARACTERS = 24;

/** What a record was before the app's formats changed it. */
export interface WrittenRecord {
  readonly message: unknown;
  readonly error: Error | undefined;
  /** Whether the app itself wrote a field `timestamp`. */
  readonly hasTimestamp: boolean;
}

/** Reads what formats may lose: the error object and the plain message. `given`: the error whose fields the record has, where it is known. */
export function readWrittenRecord(info: object, given?: Error): WrittenRecord {
  const message: unknown = Reflect.get(info, 'message');
  const splat: unknown = Reflect.get(info, SPLAT);
  const error = given ?? (isError(info) ? info : errorIn(info, message, splat));
  return { message, error, hasTimestamp: Object.hasOwn(info, 'timestamp') };
}

/** Undefined also for a record that does not let itself be read, which the app's formats may yet make something of. */
function errorIn(info: object, message: unknown, splat: unknown): Error | undefined {
  try {
    if (!mayHold(info, splat)) return undefined;
    return findError(isError(message) ? message : [splat, { ...info }]);
  } catch {
    return undefined;
  }
}

/** Nearly every record is texts and numbers, in which nothing is to be looked for. */
function mayHold(info: object, splat: unknown): boolean {
  if (hasObject(info)) return true;
  if (!Array.isArray(splat)) return splat !== undefined;
  // Metadata is there twice: as an argument and among the record's own.
  return splat.some((argument: unknown) => typeof argument === 'object' && argument !== null && (isError(argument) || hasObject(argument)));
}

function hasObject(holder: object): boolean {
  for (const key in holder) {
    const value: unknown = Reflect.get(holder, key);
    if (typeof value === 'object' && value !== null) return true;
  }
  return false;
}

/** What a record has outside of its attributes. */
export interface OwnFields {
  readonly ids: RecordIds;
  readonly timeMillis: number;
}

export interface OtlpRecord {
  readonly body: AnyValue | undefined;
  readonly attributes: Record<string, AnyValue> & Partial<ExceptionAttributes>;
}

/**
 * A record as winston's formats left it, for OTLP: the message without colours is the body, also where a format gave it another name, an error becomes
 * OpenTelemetry's exception attributes, and everything else an attribute with its type. The ids of the record's own context
 * are left out, and so is a `timestamp` that a format added when it says no more than the record's own time, `timeMillis`
 * since the epoch.
 */
export function toOtlpRecord(info: object, written: WrittenRecord, { ids, timeMillis }: OwnFields): OtlpRecord {
  const attributes: Record<string, AnyValue> = {};
  const exception = written.error === undefined ? undefined : exceptionAttributes(written.error);
  const renamed = Reflect.get(info, 'message') === undefined ? renamedMessage(info) : undefined;
  for (const key of Object.keys(info)) {
    if (key === 'level' || key === 'message' || key === renamed?.name) continue;
    const value = propertyOf(info, key);
    if (repeatsId(ids, key, value)) continue;
    if (key === 'timestamp' && !written.hasTimestamp && isSameInstant(value, timeMillis)) continue;
    if (written.error !== undefined && isOfError(key, value, written.error)) continue;
    const converted = toAnyValue(value);
    if (converted !== undefined) attributes[key] = converted;
  }
  return {
    body: renamed?.text ?? bodyOf(info, written),
    attributes: exception === undefined ? attributes : { ...attributes, ...exception },
  };
}

/** The error itself, and what format.errors(), children and winston's own meta handling copy of it beside it. */
function isOfError(key: string, value: unknown, error: Error): boolean {
  return value === error || (key === 'stack' && typeof value === 'string') || (key === 'cause' && value === propertyOf(error, 'cause'));
}

/** format.timestamp() writes the time at which it ran, as ISO text or in a pattern that may end at the second and has no zone. */
function isSameInstant(value: unknown, timeMillis: number): boolean {
  if (typeof value !== 'string') return false;
  // As format.timestamp() writes it by default, in the same second: parsing a time costs more than the rest of a record.
  if (value.length === ISO_CHARACTERS && value.endsWith('Z') && value.startsWith(isoSecond(timeMillis))) return true;
  return Math.abs(Date.parse(value) - timeMillis) <= MAX_TIMESTAMP_DIFFERENCE_MILLIS;
}

let lastSecond = { seconds: Number.NaN, text: '' };

/** `2026-01-31T23:59:59.` */
function isoSecond(timeMillis: number): string {
  const seconds = Math.floor(timeMillis / 1000);
  if (seconds !== lastSecond.seconds) lastSecond = { seconds, text: new Date(seconds * 1000).toISOString().slice(0, -4) };
  return lastSecond.text;
}

function bodyOf(info: object, written: WrittenRecord): AnyValue | undefined {
  const message: unknown = Reflect.get(info, 'message');
  if (message === undefined) return textOfLine(info);
  if (isError(message)) return messageOf(message);
  if (typeof message !== 'string') return toAnyValue(message);
  // Colours that the app itself wrote into its message stay.
  return typeof written.message === 'string' && hasColours(written.message) ? message : withoutColours(message);
}

/** `format.logstash()` leaves the text in the line alone. */
function textOfLine(info: object): string | undefined {
  const line: unknown = Reflect.get(info, LINE);
  const members = typeof line === 'string' ? parseJsonLine(line) : undefined;
  return members === undefined ? undefined : renamedMessage(members)?.text;
}
