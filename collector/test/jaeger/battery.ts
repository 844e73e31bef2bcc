import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JaegerEnvelope, JaegerTrace } from '../../src/query/jaeger/jaeger-model.ts';
import { FOUND_WITHIN } from '../end-to-end/reading.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { poll } from '../storage-contract/reading.ts';
import { expectedSpans, toOtlp, wholeSpans } from './battery-forms.ts';
import { BATTERY_QUERIES } from './battery-queries.ts';
import { BATTERY_TRACES, type BatteryTrace, EXAMPLE_TRACE, START_NANOS } from './battery-traces.ts';

/** Above what one page of a storage holds, as the battery has it. */
const LARGE_TRACE_SPANS = 10_008;
const ALL_TRACES = [...BATTERY_TRACES, EXAMPLE_TRACE];

type Answer<T> = JaegerEnvelope & { readonly data: T };

/**
 * Jaeger's storage test battery on a running collector of its own: its traces go in as OTLP, its queries are asked of `/jaeger/api`.
 * `settings` choose the storage.
 */
export function testJaegerBattery(settings: () => Record<string, string>): void {
  let data: Awaited<ReturnType<typeof temporaryDirectory>>;
  let collector: RunningCollector;

  const ask = async <T>(path: string, parameters: Record<string, string> = {}): Promise<Answer<T>> => {
    const response = await fetch(`${collector.ui}/jaeger/api/${path}?${new URLSearchParams(parameters)}`);
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    // Held to by the comparisons below.
    return (await response.json()) as Answer<T>;
  };
  const readTrace = async (traceId: string): Promise<JaegerTrace | undefined> => {
    const { data: traces } = await ask<JaegerTrace[]>('traces', { traceID: traceId });
    return traces[0];
  };
  const send = async (traces: readonly BatteryTrace[]): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${collector.otlpHttp}/v1/traces`, { method: 'POST', headers, body: toOtlp(traces) });
    expect(response.status).toBe(200);
  };

  beforeAll(async () => {
    data = await temporaryDirectory();
    collector = await startCollector(data.path, settings());
    await send(ALL_TRACES);
    for (const { traceId } of ALL_TRACES) await poll(async () => (await readTrace(traceId)) !== undefined);
  });
  afterAll(async () => {
    await collector?.end('SIGTERM');
    await data?.remove();
  });

  describe("Jaeger's battery", () => {
    it.each(BATTERY_QUERIES)('finds by query $caption', async ({ parameters, finds }) => {
      const { data: traces, errors } = await ask<JaegerTrace[]>('traces', parameters);
      const expected = BATTERY_TRACES.filter(({ name }) => finds.includes(name));
      expect(errors).toBeNull();
      expect(traces.map(({ traceID }) => traceID).sort()).toEqual(expected.map(({ traceId }) => traceId.padStart(16, '0')));
      const spans = new Map(traces.map((trace) => [trace.traceID, wholeSpans(trace)]));
      for (const trace of expected) expect(spans.get(trace.traceId.padStart(16, '0'))).toEqual(expectedSpans(trace));
    });

    it('reads a trace by its id, however many zeros are before it', async () => {
      for (const id of ['11', '0000000000000011', '00000000000000000000000000000011']) {
        const { data: traces } = await ask<JaegerTrace[]>(`traces/${id}`);
        expect(traces.map(wholeSpans)).toEqual([expectedSpans(EXAMPLE_TRACE)]);
      }
    });

    it('lists the services that have spans', async () => {
      const { data: services, total } = await ask<string[]>('services');
      expect(services).toEqual(expect.arrayContaining(['example-service-1', 'example-service-2', 'example-service-3', 'query25-service']));
      expect(services).toEqual(services.toSorted());
      expect(total).toBe(services.length);
    });

    it('lists the operations of a service with their kinds, or by name alone', async () => {
      const { data: operations } = await ask<unknown>('operations', { service: 'example-service-1' });
      expect(operations).toEqual([
        { name: 'example-operation-1', spanKind: '' },
        { name: 'example-operation-3', spanKind: 'server' },
        { name: 'example-operation-4', spanKind: 'client' },
      ]);
      const { data: names } = await ask<unknown>('services/example-service-1/operations');
      expect(names).toEqual(['example-operation-1', 'example-operation-3', 'example-operation-4']);
      const { data: clients } = await ask<unknown>('operations', { service: 'example-service-1', spanKind: 'client' });
      expect(clients).toEqual([{ name: 'example-operation-4', spanKind: 'client' }]);
    });

    it.each([
      ['of more than 10,000 spans', 'aa', LARGE_TRACE_SPANS, Number.POSITIVE_INFINITY],
      ['in which span ids stand twice', 'ab', 200, 20],
    ])('reads a trace %s whole', async (_caption, traceId, count, duplicateEvery) => {
      const spans = Array.from({ length: count }, (_, index) => {
        const isDuplicate = index > 0 && index % duplicateEvery === 0;
        const id = (isDuplicate ? 3 : index + 1).toString(16);
        return { id, name: 'large', startNanos: START_NANOS + BigInt(index) * 1_000_000_000n, durationNanos: 100_000n };
      });
      await send([{ name: 'large', traceId, processes: [{ service: 'large-service', spans }] }]);
      await expect.poll(async () => (await readTrace(traceId))?.spans.length, FOUND_WITHIN).toBe(count);
      const trace = await readTrace(traceId);
      expect(trace?.warnings).toBeNull();
      expect(trace?.spans.map(({ spanID }) => spanID).sort()).toEqual(spans.map(({ id }) => id.padStart(16, '0')).sort());
    });
  });
}
