type LogLevel = 'info' | 'warn' | 'error';

/** Facts beside a message: counts, codes, places. Never a payload, a header or a key. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** The collector's own log. One line a call, on stderr, so that stdout stays for what a person asked for. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Lines as `2026-11-23T16:00:00.000Z WARN storage is away retryAfterMillis=5000`. */
export function createLogger({ write, now }: LoggerOptions): Logger {
  const log = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${formatField(value)}`);
    write(`${new Date(now()).toISOString()} ${level.toUpperCase()} ${oneLine(message)}${facts.join('')}\n`);
  };
  return {
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

function formatField(value: string | number | boolean): string {
  const text = oneLine(String(value));
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text;
}

/** Control characters shown, not run: a message may hold an error's text from elsewhere. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
