import { describe, expect, it } from 'vitest';
import { readSampling } from './sampling-config.ts';

const described = (environment: Record<string, string>): string => String(readSampling(environment).sampler);

describe('readSampling', () => {
  it('keeps everything that a caller did not leave out, by default', () => {
    expect(readSampling({}).tail).toBeUndefined();
    expect(described({})).toBe('ParentThreshold{Consistent{00000000000000}}');
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, 'Consistent{00000000000000}'],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'Consistent{none}'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' }, 'Consistent{80000000000000}'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' }, 'ParentThreshold{Consistent{80000000000000}}'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 'ParentThreshold{Consistent{none}}'],
    [{ OTEL_TRACES_SAMPLER: 'always_on', THREADLINE_SDK_SAMPLING_THRESHOLD: 'off' }, 'AlwaysOnSampler'],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5', THREADLINE_SDK_SAMPLING_THRESHOLD: 'off' },
      'TraceIdRatioBased{0.5}',
    ],
    [{ OTEL_TRACES_SAMPLER: 'always_off', THREADLINE_SDK_SAMPLING_THRESHOLD: 'off' }, 'AlwaysOffSampler'],
  ])('%j is %s', (environment, name) => {
    expect(described(environment)).toBe(name);
  });

  it('keeps OpenTelemetry’s own parent-based sampler without thresholds', () => {
    expect(described({ THREADLINE_SDK_SAMPLING_THRESHOLD: 'off' })).toMatch(/^ParentBased\{root=AlwaysOnSampler/);
  });

  it('has one in a hundred beside the tail, unless a sampler is named', () => {
    const tail = { THREADLINE_SDK_TAIL_SAMPLING: 'on' };
    expect(readSampling(tail).tail).toEqual({ slowMillis: 1000, hasThreshold: true });
    expect(described(tail)).toBe('AlwaysRecordSampler{ParentThreshold{Consistent{fd70a000000000}}}');
    expect(described({ ...tail, OTEL_TRACES_SAMPLER: 'always_off' })).toBe('AlwaysRecordSampler{Consistent{none}}');
  });

  it('takes a sampler that it does not know for none', () => {
    expect(String(readSampling({ OTEL_TRACES_SAMPLER: 'jaeger_remote' }).sampler)).toBe(String(readSampling({}).sampler));
  });

  it('reads options in place of the environment', () => {
    const { sampler, tail } = readSampling({ OTEL_TRACES_SAMPLER: 'always_off' }, { ratio: 0.5, tail: true, slowMillis: 20 });
    expect(String(sampler)).toBe('AlwaysRecordSampler{ParentThreshold{Consistent{80000000000000}}}');
    expect(tail).toEqual({ slowMillis: 20, hasThreshold: true });
  });

  it.each([
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      {},
      'OTEL_TRACES_SAMPLER_ARG: expected a ratio from 0 to 1, got "2"',
    ],
    [{ THREADLINE_SDK_TAIL_SAMPLING: 'yes' }, {}, 'THREADLINE_SDK_TAIL_SAMPLING: expected on or off, got "yes"'],
    [
      { THREADLINE_SDK_TAIL_SAMPLING: 'on', THREADLINE_SDK_TAIL_SLOW_MILLIS: '0' },
      {},
      'THREADLINE_SDK_TAIL_SLOW_MILLIS: expected a whole number of at least 1, got "0"',
    ],
    [{ THREADLINE_SDK_SAMPLING_THRESHOLD: '1' }, {}, 'THREADLINE_SDK_SAMPLING_THRESHOLD: expected on or off, got "1"'],
    [{}, { ratio: Number.NaN }, 'sampling.ratio: expected a ratio from 0 to 1, got "NaN"'],
    [{ THREADLINE_SDK_TAIL_SLOW_MILLIS: '1s' }, {}, 'THREADLINE_SDK_TAIL_SLOW_MILLIS: expected a whole number of at least 1, got "1s"'],
    [{}, { slowMillis: -1 }, 'sampling.slowMillis: expected a number above 0, got "-1"'],
    [{}, { tail: true, slowMillis: -1 }, 'sampling.slowMillis: expected a number above 0, got "-1"'],
  ])('refuses %j, %j', (environment, options, message) => {
    expect(() => readSampling(environment, options)).toThrow(message);
  });
});
