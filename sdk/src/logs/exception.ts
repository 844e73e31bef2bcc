/** How far an error is looked for below a record, and how many causes are written. Deeper ones are rare, cycles are not. */
const MAX_SEARCH_DEPTH = 4;
const MAX_CAUSES = 8;
/** The collector keeps 64 KiB of a value; a stack beyond it is cut there with a mark. */
const MAX_STACKTRACE_CHARACTERS = 60_000;

/** OpenTelemetry's attributes for an exception on a log record. */
export interface ExceptionAttributes {
  readonly 'exception.type': string;
  readonly 'exception.message': string;
  readonly 'exception.stacktrace'?: string;
}

/** The first Error in the value, looked for breadth first in arrays and plain objects; an Error's own causes are not searched. */
export function findError(value: unknown): Error | undefined {
  let level: unknown[] = [value];
  const seen = new Set<unknown>();
  for (let depth = 0; depth <= MAX_SEARCH_DEPTH && level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const candidate of level) {
      if (isError(candidate)) return candidate;
      if (typeof candidate !== 'object' || candidate === null || seen.has(candidate)) continue;
      seen.add(candidate);
      if (Array.isArray(candidate)) next.push(...candidate);
      else if (isPlain(candidate)) next.push(...Object.values(candidate));
    }
    level = next;
  }
  return undefined;
}

/** Type, message and stack with all causes and aggregated errors below it, as Node prints them: newest first, lines kept together. */
export function exceptionAttributes(error: Error): ExceptionAttributes {
  const stacktrace = stackOf(error);
  return {
    'exception.type': typeOf(error),
    'exception.message': String(error.message),
    ...(stacktrace === '' ? {} : { 'exception.stacktrace': stacktrace }),
  };
}

/** Errors of other realms (vm, worker messages) count too. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function typeOf(error: Error): string {
  const name = typeof error.name === 'string' && error.name !== '' ? error.name : 'Error';
  const constructorName = error.constructor?.name;
  return name === 'Error' && constructorName !== undefined && constructorName !== '' ? constructorName : name;
}

function stackOf(error: Error): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  const queue: [prefix: string, error: unknown][] = [['', error]];
  for (let next = queue.shift(); next !== undefined && parts.length <= MAX_CAUSES; next = queue.shift()) {
    const [prefix, current] = next;
    if (seen.has(current)) continue;
    seen.add(current);
    if (!isError(current)) {
      parts.push(`${prefix}${describe(current)}`);
      continue;
    }
    parts.push(`${prefix}${typeof current.stack === 'string' ? current.stack : `${typeOf(current)}: ${current.message}`}`);
    if (current instanceof AggregateError) queue.push(...current.errors.map((inner): [string, unknown] => ['Aggregated: ', inner]));
    if (current.cause !== undefined) queue.push(['Caused by: ', current.cause]);
  }
  const text = parts.join('\n');
  return text.length <= MAX_STACKTRACE_CHARACTERS ? text : `${text.slice(0, MAX_STACKTRACE_CHARACTERS)}\n… ${text.length} characters`;
}

function describe(cause: unknown): string {
  return typeof cause === 'object' && cause !== null ? Object.prototype.toString.call(cause) : String(cause);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
