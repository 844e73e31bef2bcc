import { type Environment, invalidSetting, readList } from './settings.ts';

interface KnownNames {
  readonly known: readonly string[];
  /** What else to know. */
  readonly advice?: string;
}

const SAMPLER_NAMES = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

const PROTOCOL: KnownNames = {
  known: ['http/protobuf', 'http/json'],
  advice: 'gRPC is not sent; the port of OTLP/HTTP is 4318 by default',
};
const COMPRESSION: KnownNames = { known: ['none', 'gzip'] };
const EXPORTER: KnownNames = { known: ['otlp', 'none'] };

/**
 * OpenTelemetry's settings that are one of its names or several, with those that this SDK has. They are often set for a whole platform
 * and its other SDKs, which have more, so that one of those ends no service: it counts as not set, as OpenTelemetry has it, and is told.
 */
const KNOWN_NAMES: ReadonlyMap<string, KnownNames> = new Map([
  ['OTEL_EXPORTER_OTLP_PROTOCOL', PROTOCOL],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', PROTOCOL],
  ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', PROTOCOL],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', COMPRESSION],
  ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', COMPRESSION],
  ['OTEL_EXPORTER_OTLP_LOGS_COMPRESSION', COMPRESSION],
  ['OTEL_TRACES_EXPORTER', EXPORTER],
  ['OTEL_LOGS_EXPORTER', EXPORTER],
  ['OTEL_TRACES_SAMPLER', { known: SAMPLER_NAMES }],
  ['OTEL_SDK_DISABLED', { known: ['true', 'false'] }],
  ['OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN', { known: ['logs', 'logs/dup'] }],
  ['OTEL_PROPAGATORS', { known: ['tracecontext', 'baggage'], advice: 'these two are always used' }],
]);

/** The first of the names that are set, in lower case; undefined for one that is not known. */
export function readKnownName(environment: Environment, name: string): string | undefined {
  const [first = ''] = namesOf(environment, name);
  return KNOWN_NAMES.get(name)?.known.includes(first) === true ? first : undefined;
}

/** A line for each setting that has a name which is not known. */
export function describeUnknownNames(environment: Environment): string[] {
  return [...KNOWN_NAMES].flatMap(([name, { known, advice }]) => {
    const unknown = namesOf(environment, name).filter((one) => !known.includes(one));
    if (unknown.length === 0) return [];
    const { message } = invalidSetting(name, known.join(' or ').replaceAll(/ or (?=.* or )/g, ', '), unknown.join(','));
    return [`threadline: ${message}, which is ignored${advice === undefined ? '' : `; ${advice}`}`];
  });
}

function namesOf(environment: Environment, name: string): string[] {
  return (readList(environment, name) ?? []).map((text) => text.toLowerCase());
}
