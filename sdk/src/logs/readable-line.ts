import { inspect } from 'node:util';
import { TRACE_FIELDS } from './record-ids.ts';

const OWN_FIELDS: readonly string[] = ['level', 'message', 'timestamp', 'stack', 'cause', ...TRACE_FIELDS];

/** One record for a person: time, level, message, metadata, the correlation id, and the stack below. */
export function readableLine(info: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(info).filter(([key]) => !OWN_FIELDS.includes(key));
  const time = String(info.timestamp ?? '').slice(11, 23);
  const head = `${time} ${String(info.level).toUpperCase().padEnd(5)} ${String(info.message)}`;
  const meta = fields.map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY })}`,
  );
  const id = info.correlation_id;
  const line = [head, ...meta, ...(id === undefined ? [] : [`[${String(id)}]`])].join(' ');
  return typeof info.stack === 'string' ? `${line}\n${info.stack}` : line;
}
