import { type Level, levelOfRecord } from '@threadline/query-language';
import { serviceOf } from '../../analysis/typed-attributes.ts';
import type { AnyValue, LogRecord } from '../../api/index.ts';
import { plainJson } from '../../model/plain-json.ts';
import { type Style, showControls, type Terminal } from '../terminal.ts';

const LEVEL_STYLES: Readonly<Record<Level, Style>> = {
  FATAL: 'magenta',
  ERROR: 'red',
  WARN: 'yellow',
  INFO: 'green',
  DEBUG: 'blue',
  TRACE: 'dim',
  UNSET: 'dim',
};
const LEVEL_CHARACTERS = 5;
/** Of one attribute's value on a line; `--json` has all of it. */
const MAX_VALUE_CHARACTERS = 200;

/** A record for a person: time, level, service, message, then its own attributes; further lines of the message below, indented. Ends with a line feed. */
export function formatLog(record: LogRecord, terminal: Terminal): string {
  const { severityNumber = 0, severityText = '', timeUnixNano, observedTimeUnixNano, traceId, attributes, bodyTruncated } = record;
  const level = levelOfRecord(severityNumber, severityText);
  const message = showControls(plainText(record.body)).trimEnd().replaceAll('\n', '\n    ');
  const parts = [
    terminal.style(formatTime(timeUnixNano === '0' ? observedTimeUnixNano : timeUnixNano), 'dim'),
    terminal.style((level === 'UNSET' ? '-' : level).padEnd(LEVEL_CHARACTERS), LEVEL_STYLES[level]),
    terminal.style(showControls(serviceOf(record) || '-'), 'cyan'),
    `${message}${bodyTruncated ? terminal.style(' … (cut)', 'dim') : ''}`,
    ...attributes.map(({ key, value }) => terminal.style(`${showControls(key)}=${attributeText(value)}`, 'dim')),
    ...(traceId === undefined ? [] : [terminal.style(`trace=${traceId}`, 'dim')]),
  ];
  return `${parts.join(' ')}\n`;
}

/** In the machine's time zone: `2026-11-23 14:03:07.123`. */
export function formatTime(unixNanos: string): string {
  const date = new Date(Number(BigInt(unixNanos) / 1_000_000n));
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A text as it is, and a number that JSON has none for; all else as JSON. */
function plainText(value: AnyValue | undefined): string {
  if (value === undefined) return '';
  return value.doubleValue === undefined ? (value.stringValue ?? value.bytesValue ?? plainJson(value)) : String(value.doubleValue);
}

function attributeText(value: AnyValue | undefined): string {
  const text = showControls(plainText(value)).replaceAll('\n', '\\n');
  const cut = text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
  const isJson = value?.arrayValue !== undefined || value?.kvlistValue !== undefined;
  return !isJson && (/[\s"]/.test(cut) || cut === '') ? JSON.stringify(cut) : cut;
}
