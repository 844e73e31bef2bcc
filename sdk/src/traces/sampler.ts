import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { type Environment, invalidSetting, readText } from '../settings.ts';

const SAMPLER_NAMES = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
type SamplerName = (typeof SAMPLER_NAMES)[number];

/**
 * `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` as OpenTelemetry defines them; everything a caller sampled by default.
 * @throws ThreadlineError for an unknown name or a ratio outside of 0 to 1.
 */
export function readSampler(environment: Environment): Sampler {
  const name = readText(environment, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  if (!isSamplerName(name)) throw invalidSetting('OTEL_TRACES_SAMPLER', `one of ${SAMPLER_NAMES.join(', ')}`, name);
  if (!name.startsWith('parentbased_')) return createRootSampler(name, environment);
  return new ParentBasedSampler({ root: createRootSampler(name, environment) });
}

function createRootSampler(name: SamplerName, environment: Environment): Sampler {
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  if (name.endsWith('always_off')) return new AlwaysOffSampler();
  const text = readText(environment, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = Number(text);
  if (!(ratio >= 0 && ratio <= 1)) throw invalidSetting('OTEL_TRACES_SAMPLER_ARG', 'a ratio from 0 to 1', text);
  return new TraceIdRatioBasedSampler(ratio);
}

function isSamplerName(name: string): name is SamplerName {
  return SAMPLER_NAMES.some((known) => known === name);
}
