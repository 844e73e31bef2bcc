import { setInterval as imported } from 'node:timers';
import { runInThisContext } from 'node:vm';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlationIdOf, getFlow, setFlow } from '../correlation/flow.ts';
import { followIntervals } from './intervals.ts';

let made = 0;
const newId = (): string => {
  made += 1;
  return `run-${made}`;
};

const untouched = globalThis.setInterval;
const IN_FLOW = setFlow(ROOT_CONTEXT, { id: 'request', external: undefined });
const here = (): string | undefined => correlationIdOf(context.active());

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider());
  followIntervals(newId);
  followIntervals(newId);
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
  ])('by %s setInterval runs in its request until that has ended, and each run in a flow of its own afterwards', async (_, set) => {
    expect(set()).not.toBe(untouched);
    const span = trace.getTracer('test').startSpan('request', {}, IN_FLOW);
    const runs = context.with(trace.setSpan(IN_FLOW, span), () => runsOf(set(), 3, () => span.end()));
    const [first, ...later] = await runs;
    expect(first).toBe('request');
    expect(later).toEqual([`run-${made - 1}`, `run-${made}`]);
  });

  it('starts a flow of its own in each later run', async () => {
    const span = trace.getTracer('test').startSpan('request', {}, IN_FLOW);
    span.end();
    const flows = new Set<unknown>();
    await context.with(trace.setSpan(IN_FLOW, span), () => runsOf(setInterval, 2, () => flows.add(getFlow(context.active()))));
    expect(flows.size).toBe(2);
  });

  it('that is outside of any flow has one in each run, whose id is made when it is asked for and stays after an await', async () => {
    const before = made;
    const seen: (string | undefined)[][] = [];
    await new Promise<void>((resolve) => {
      let runs = 0;
      const timer = setInterval(async () => {
        runs += 1;
        if (runs === 1) return;
        const first = here();
        await Promise.resolve();
        seen.push([first, here()]);
        if (runs < 3) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    expect(seen).toEqual([1, 2].map((run) => [`run-${before + run}`, `run-${before + run}`]));
    expect(made).toBe(before + 2);
  });

  it('that a run of another one sets is not in the flow of that run', async () => {
    const [outer, inner] = await new Promise<(string | undefined)[]>((resolve) => {
      const timer = setInterval(() => {
        clearInterval(timer);
        const own = here();
        runsOf(setInterval, 1, () => undefined).then(([run]) => resolve([own, run]));
      }, 1);
    });
    expect(outer).toMatch(/^run-/);
    expect(inner).toMatch(/^run-/);
    expect(inner).not.toBe(outer);
  });

  it.each(['/app/node_modules/pool/index.js', 'file:///app/node_modules/pool/index.js'])(
    'that a library sets outside of any flow has none: %s',
    async (filename) => {
      const set: typeof setInterval = runInThisContext('(...args) => setInterval(...args)', { filename });
      expect(await runsOf(set, 2, () => undefined)).toEqual([undefined, undefined]);
    },
  );

  it('stays in a flow that has no span', async () => {
    expect(await context.with(IN_FLOW, () => runsOf(setInterval, 2, () => undefined))).toEqual(['request', 'request']);
  });
});
