import { expect } from 'vitest';
import type { SpanLine } from '../otlp.ts';
import type { ScriptedCollector } from '../scripted-collector.ts';
import { flowOf, serverSpanOf, startTransportApp } from './transport-app.ts';

const CLIENT = 3;

/** A fixture that asks databases, as its tests use it. */
export interface DatabaseApp {
  /** A correlation id that no other call has. */
  newId(): string;
  /** The database spans of a request, each a client's and a child of its server span, in the order they started. What ends in `fails` or is named so may be answered with an error. */
  call(action: string, query?: Readonly<Record<string, string>>): Promise<{ spans: SpanLine[]; id: string; result: unknown }>;
}

export async function startDatabaseApp(
  script: string,
  collector: ScriptedCollector,
  env: Readonly<Record<string, string>>,
  failing: readonly string[] = [],
): Promise<DatabaseApp> {
  const app = await startTransportApp(script, collector, env);
  let flows = 0;
  const newId = (): string => {
    flows += 1;
    return `${script}-${flows}`;
  };
  return {
    newId,
    async call(action, query = {}) {
      const id = newId();
      const result = await app.call(action, id, { id, ...query }).catch((error: unknown) => {
        if (!action.endsWith('fails') && !failing.includes(action)) throw error;
      });
      const server = await serverSpanOf(collector, id);
      const spans = flowOf(collector, id).spans.filter((span) => span.attributes['db.system.name'] !== undefined);
      for (const span of spans) expect(span).toMatchObject({ kind: CLIENT, traceId: server.traceId, parentSpanId: server.spanId });
      return { spans, id, result };
    },
  };
}

/** Names and texts. */
export function describeSpans(spans: readonly SpanLine[]): unknown[] {
  return spans.map(({ name, attributes }) => [name, attributes['db.query.text']]);
}

/** That no request's work was outside of it, and that nothing which the fixtures mark as a value is in any database span. */
export function expectNoStraysAndNoValues(collector: ScriptedCollector): void {
  expect(collector.spans.filter(({ parentSpanId, kind }) => parentSpanId === '' && kind === CLIENT)).toEqual([]);
  const spans = collector.spans.filter((span) => span.attributes['db.system.name'] !== undefined);
  const said = JSON.stringify(spans, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  expect(said).not.toMatch(/secret-|alice@example/);
}
