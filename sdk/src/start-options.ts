import type { StartOptions } from './config.ts';
import { ThreadlineError } from './errors.ts';
import type { LogsOptions } from './logs/logs-config.ts';
import { askForNearest } from './nearest-name.ts';
import type { RedactionOptions } from './redaction/redaction-config.ts';
import type { SamplingOptions } from './sampling/sampling-config.ts';

/** Each option of a type, so that none of them can be left out here and refused at the start. */
type ShapesOf<Options> = Readonly<Record<keyof Options, Shape>>;

/** What an option may be; what its value may be is said where it is read. */
type Shape = 'text' | 'texts' | 'number' | 'boolean' | 'function' | 'list' | 'map' | OptionGroup;

/** Options below one name, which may have a value that stands for all of them. */
interface OptionGroup {
  readonly options: Readonly<Record<string, Shape>>;
  readonly orFalse?: boolean;
}

const START_OPTIONS: OptionGroup = {
  options: {
    serviceName: 'text',
    endpoint: 'text',
    ingestKey: 'text',
    allowedHosts: 'texts',
    trust: 'text',
    correlationHeaders: 'texts',
    messageParent: 'text',
    redisChannels: 'texts',
    redisLists: 'texts',
    redaction: {
      options: { names: 'texts', emails: 'boolean', patterns: 'list' } satisfies ShapesOf<RedactionOptions>,
      orFalse: true,
    },
    createCorrelationId: 'function',
    logs: { options: { baggageKeys: 'texts', levels: 'map', console: 'boolean', levelKeys: 'texts' } satisfies ShapesOf<LogsOptions> },
    sampling: { options: { ratio: 'number', tail: 'boolean', slowMillis: 'number' } satisfies ShapesOf<SamplingOptions> },
  } satisfies ShapesOf<StartOptions>,
};

const EXPECTED = {
  text: 'a text',
  texts: 'a list of texts',
  number: 'a number',
  boolean: 'true or false',
  function: 'a function',
  list: 'a list',
  map: 'an object',
} as const;

/**
 * Whether code that no compiler looked at set what exists, as what it is; undefined counts as not set.
 * @throws ThreadlineError (`unknown_setting`, `invalid_setting`) with one line that names the option, and never its value, which may be a secret.
 */
export function checkStartOptions(options: unknown): void {
  checkGroup('', options, START_OPTIONS);
}

function checkGroup(path: string, value: unknown, { options, orFalse = false }: OptionGroup): void {
  if (orFalse && value === false) return;
  if (!isMap(value)) throw wrongShape(path === '' ? 'options' : path, orFalse ? 'an object or false' : 'an object', value);
  for (const [name, one] of Object.entries(value)) {
    const shape = Object.hasOwn(options, name) ? options[name] : undefined;
    if (shape === undefined) throw unknownOption(path, name, options);
    if (one !== undefined) checkOption(below(path, name), one, shape);
  }
}

function checkOption(path: string, value: unknown, shape: Shape): void {
  if (typeof shape === 'object') checkGroup(path, value, shape);
  else if (!isOf(shape, value)) throw wrongShape(path, EXPECTED[shape], value);
}

function isOf(shape: keyof typeof EXPECTED, value: unknown): boolean {
  switch (shape) {
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'list':
      return Array.isArray(value);
    case 'map':
      return isMap(value);
    default:
      return typeof value === shape;
  }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongShape(path: string, expected: string, value: unknown): ThreadlineError {
  return new ThreadlineError('invalid_setting', `${path}: expected ${expected}, got ${describeType(value)}`);
}

function unknownOption(path: string, name: string, options: OptionGroup['options']): ThreadlineError {
  // What stands at the top by mistake may belong below.
  const known = Object.entries(options).flatMap(([option, shape]) => [
    below(path, option),
    ...(typeof shape === 'object' ? Object.keys(shape.options).map((inner) => below(option, inner)) : []),
  ]);
  const named = below(path, name);
  return new ThreadlineError(
    'unknown_setting',
    `${named}: unknown option${askForNearest(named, known, below(path, '')) || `; there are ${Object.keys(options).join(', ')}`}`,
  );
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const other: unknown = value.find((item) => typeof item !== 'string');
    return other === undefined ? 'a list' : `a list with ${describeType(other)}`;
  }
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
