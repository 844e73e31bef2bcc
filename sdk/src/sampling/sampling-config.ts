import type { Sampler } from '@opentelemetry/api';
import { readKnownName } from '../known-names.ts';
import { type Environment, invalidSetting, readCount, readSwitch, readText } from '../settings.ts';
import { ConsistentSampler, ParentThresholdSampler } from './consistent-sampler.ts';
import { ConstantSampler, ParentSampler, TraceIdRatioSampler } from './plain-samplers.ts';
import { RecordingSampler } from './recording-sampler.ts';
import { KEEP_ALL, thresholdOf } from './threshold.ts';

/** Which spans are kept. Logs, correlation ids and trace ids do not depend on it. */
export interface SamplingOptions {
  /** The share of new traces that is kept, from 0 to 1. Environment: `OTEL_TRACES_SAMPLER=parentbased_traceidratio` and `OTEL_TRACES_SAMPLER_ARG`. */
  readonly ratio?: number;
  /** Whether what failed or was slow in this process is kept beyond that. Environment: `THREADLINE_SDK_TAIL_SAMPLING`. */
  readonly tail?: boolean;
  /** From how many milliseconds on a span is slow. Environment: `THREADLINE_SDK_TAIL_SLOW_MILLIS`. */
  readonly slowMillis?: number;
}

/** What a head sampler leaves out and the tail may keep. */
export interface TailConfig {
  readonly slowMillis: number;
  /** Whether figures are weighted by the threshold in `tracestate`. */
  readonly hasThreshold: boolean;
}

export interface SamplingConfig {
  readonly sampler: Sampler;
  /** Undefined when the head's decision is all. */
  readonly tail: TailConfig | undefined;
}

/** Beside all that failed or was slow: enough to see how it usually goes. */
const TAIL_BASE_RATIO = 0.01;
/** A second is what a person waits without noticing a break. */
const DEFAULT_SLOW_MILLIS = 1000;

/**
 * `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` as OpenTelemetry defines them: by default everything but what a caller
 * left out, and with tail sampling one trace in a hundred.
 * An unknown name counts as none.
 * @throws ThreadlineError for a ratio outside of 0 to 1, a switch that is neither on nor off.
 */
export function readSampling(environment: Environment, options: SamplingOptions = {}): SamplingConfig {
  const isTail = options.tail ?? readSwitch(environment, 'THREADLINE_SDK_TAIL_SAMPLING', false);
  const hasThreshold = readSwitch(environment, 'THREADLINE_SDK_SAMPLING_THRESHOLD', true);
  const head = readHead(environment, options.ratio, isTail);
  const root = hasThreshold ? createConsistentRoot(head) : createRoot(head);
  const sampler = !head.isParentBased ? root : hasThreshold ? new ParentThresholdSampler(root) : new ParentSampler(root);
  const slowMillis = options.slowMillis ?? readCount(environment, 'THREADLINE_SDK_TAIL_SLOW_MILLIS', 1) ?? DEFAULT_SLOW_MILLIS;
  if (!(slowMillis > 0)) throw invalidSetting('sampling.slowMillis', 'a number above 0', String(slowMillis));
  if (!isTail) return { sampler, tail: undefined };
  return { sampler: new RecordingSampler(sampler), tail: { slowMillis, hasThreshold } };
}

interface Head {
  readonly isParentBased: boolean;
  readonly ratio: number;
}

function readHead(environment: Environment, ratio: number | undefined, isTail: boolean): Head {
  if (ratio !== undefined) {
    if (!(ratio >= 0 && ratio <= 1)) throw invalidSetting('sampling.ratio', 'a ratio from 0 to 1', String(ratio));
    return { isParentBased: true, ratio };
  }
  const name = readKnownName(environment, 'OTEL_TRACES_SAMPLER');
  if (name === undefined) return { isParentBased: true, ratio: isTail ? TAIL_BASE_RATIO : 1 };
  return { isParentBased: name.startsWith('parentbased_'), ratio: readRatio(name, environment) };
}

function readRatio(name: string, environment: Environment): number {
  if (name.endsWith('always_on')) return 1;
  if (name.endsWith('always_off')) return 0;
  const text = readText(environment, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = Number(text);
  if (!(ratio >= 0 && ratio <= 1)) throw invalidSetting('OTEL_TRACES_SAMPLER_ARG', 'a ratio from 0 to 1', text);
  return ratio;
}

function createConsistentRoot({ ratio }: Head): Sampler {
  if (ratio === 1) return new ConsistentSampler(KEEP_ALL);
  return new ConsistentSampler(ratio === 0 ? undefined : thresholdOf(ratio));
}

function createRoot({ ratio }: Head): Sampler {
  return ratio === 1 || ratio === 0 ? new ConstantSampler(ratio === 1) : new TraceIdRatioSampler(ratio);
}
