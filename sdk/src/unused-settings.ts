import { type Environment, readList, readText } from './settings.ts';

interface UnusedSetting {
  readonly name: string;
  /** Why, and what there is instead. */
  readonly advice: string;
  /** What asks for nothing that is not so anyway. */
  readonly isMet?: (values: readonly string[]) => boolean;
}

const ONE_EXPORT = 'OTEL_EXPORTER_OTLP_TIMEOUT says how long one export may take, and what was not taken waits on disk';
const ALL_LIBRARIES =
  'each library that this SDK knows is followed; OTEL_SDK_DISABLED=true follows none, and a NodeSDK with threadline() those that it is given';

/** OpenTelemetry's settings, of which an app's own NodeSDK reads the second part itself. */
const UNUSED: readonly UnusedSetting[] = [
  { name: 'OTEL_BSP_EXPORT_TIMEOUT', advice: ONE_EXPORT },
  { name: 'OTEL_BLRP_EXPORT_TIMEOUT', advice: ONE_EXPORT },
  {
    name: 'OTEL_PROPAGATORS',
    advice:
      'tracecontext and baggage are always used; THREADLINE_SDK_TRACE_CONTEXT_TO and THREADLINE_SDK_ALLOWED_HOSTS say to whom each goes',
    // Others are told as names that are not known.
    isMet: (names) =>
      ['tracecontext', 'baggage'].every((name) => names.includes(name)) ||
      names.some((name) => !['tracecontext', 'baggage'].includes(name)),
  },
];
const UNUSED_ALONE: readonly UnusedSetting[] = [
  { name: 'OTEL_METRICS_EXPORTER', advice: 'this SDK makes no metrics', isMet: (names) => names.every((name) => name === 'none') },
  {
    name: 'OTEL_NODE_RESOURCE_DETECTORS',
    advice: 'process, host and system are always told; OTEL_RESOURCE_ATTRIBUTES adds to them and changes them',
  },
  { name: 'OTEL_NODE_ENABLED_INSTRUMENTATIONS', advice: ALL_LIBRARIES },
  { name: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS', advice: ALL_LIBRARIES },
  { name: 'OTEL_CONFIG_FILE', advice: 'settings are read from the environment alone' },
];

/**
 * A line for each setting that other OpenTelemetry SDKs go by and this one does not, unless what it asks for is so anyway. `isAlone` is false beside an app's
 * own NodeSDK, which reads some of them itself.
 */
export function describeUnusedSettings(environment: Environment, isAlone: boolean): string[] {
  return (isAlone ? [...UNUSED, ...UNUSED_ALONE] : UNUSED).flatMap(({ name, advice, isMet }) => {
    const values = (readList(environment, name) ?? []).map((value) => value.toLowerCase());
    if (readText(environment, name) === undefined || isMet?.(values) === true) return [];
    return [`threadline: ${name} is not used: ${advice}`];
  });
}
