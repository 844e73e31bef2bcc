import { setInterval as imported } from 'node:timers';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlationIdOf, getFlow, setFlow } from '../correlation/flow.ts';
import { followIntervals } from './intervals.ts';

const untouched = globalThis.setInterval;
const IN_FLOW = setFlow(ROOT_CONTEXT, { id: 'request', external: undefined });
const here = (): string | undefined => correlationIdOf(context.active());

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider());
  followIntervals();
  followIntervals();
});
afterAll(() => {
  trace.disable();
  context.disable();
});

/** What an interval's runs see, until it has run `runs` times; `between` is called after each. */
function runsOf(set: typeof setInterval, runs: number, between: () => void): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  return new Promise((resolve) => {
    const timer = set(
      (...args: unknown[]) => {
        expect(args).toEqual(['argument']);
        seen.push(here());
        between();
        if (seen.length < runs) return;
        clearInterval(timer);
        resolve(seen);
      },
      1,
      'argument',
    );
  });
}

describe('an interval', () => {
  it.each([
    ['the global', () => globalThis.setInterval],
    ['the imported', () => imported],
  ])('by %s setInterval runs in its request until that has ended, and in nobody’s flow afterwards', async (_, set) => {
    expect(set()).not.toBe(untouched);
    const span = trace.getTracer('test').startSpan('request', {}, IN_FLOW);
    const runs = context.with(trace.setSpan(IN_FLOW, span), () => runsOf(set(), 3, () => span.end()));
    expect(await runs).toEqual(['request', undefined, undefined]);
  });

  it('starts a flow of its own in each later run', async () => {
    const span = trace.getTracer('test').startSpan('request', {}, IN_FLOW);
    span.end();
    const flows = new Set<unknown>();
    await context.with(trace.setSpan(IN_FLOW, span), () => runsOf(setInterval, 2, () => flows.add(getFlow(context.active()))));
    expect(flows.size).toBe(2);
  });

  it('stays in a flow that has no span', async () => {
    expect(await context.with(IN_FLOW, () => runsOf(setInterval, 2, () => undefined))).toEqual(['request', 'request']);
  });
});
