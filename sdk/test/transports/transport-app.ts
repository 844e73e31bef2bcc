import { startApp, waitFor } from '../app-process.ts';
import { get } from '../http-get.ts';
import type { LogLine, SpanLine } from '../otlp.ts';
import type { ScriptedCollector } from '../scripted-collector.ts';

/** A fixture in a process of its own, whose actions a test calls with a correlation id. */
export interface TransportApp {
  /** Runs an action in a request with this id and answers its result, or throws what the app answered. */
  call(action: string, id: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  stderr(): string;
}

export async function startTransportApp(
  script: string,
  collector: { readonly url: string },
  env: Readonly<Record<string, string>>,
  register = true,
  nodeArgs?: readonly string[],
): Promise<TransportApp> {
  const app = startApp({
    script: `transports/${script}`,
    register,
    nodeArgs,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: script, NODE_NO_WARNINGS: '1', ...env },
  });
  const { port } = await app.ready();
  return {
    stderr: () => app.stderr(),
    async call(action, id, query = {}) {
      const answer = await get(`http://127.0.0.1:${port}/${action}?${new URLSearchParams(query)}`, { 'x-correlation-id': id });
      const body: unknown = JSON.parse(answer.body);
      if (typeof body === 'object' && body !== null && 'result' in body) return body.result;
      throw new Error(`${action}: ${answer.body}`);
    },
  };
}

/** What the collector has of one flow. */
export function flowOf(collector: ScriptedCollector, id: string): { readonly spans: SpanLine[]; readonly logs: LogLine[] } {
  return {
    spans: collector.spans.filter((span) => span.attributes['correlation.id'] === id),
    logs: collector.logs.filter((log) => log.attributes['correlation.id'] === id),
  };
}

/** Waits until a log with this text is there and answers it; the first one when there are several. */
export async function logOf(collector: ScriptedCollector, body: string): Promise<LogLine> {
  const find = (): LogLine | undefined => collector.logs.find((log) => log.body === body);
  await waitFor(`the log “${body}”`, () => find() !== undefined);
  const log = find();
  if (log === undefined) throw new Error('unreachable: it was there');
  return log;
}

/** Waits until the request of a flow has its server span, after which all that it awaited is there too. */
export async function serverSpanOf(collector: ScriptedCollector, id: string): Promise<SpanLine> {
  const find = (): SpanLine | undefined => flowOf(collector, id).spans.find(({ kind, name }) => kind === 2 && name.startsWith('GET'));
  await waitFor(`the server span of ${id}`, () => find() !== undefined);
  const span = find();
  if (span === undefined) throw new Error('unreachable: it was there');
  return span;
}
