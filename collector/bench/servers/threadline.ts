import path from 'node:path';
import { startCollector } from '../../test/running-collector.ts';
import { directoryBytes } from '../process-figures.ts';
import type { QuestionId } from '../questions.ts';
import { PHRASE, type Sample, SLOW_FAILED } from '../samples.ts';
import { countOf } from './json-count.ts';
import type { Query, ServerKind } from './server.ts';

const NANOS_PER_MILLI = 1_000_000n;
const MILLIS_PER_MINUTE = 60_000n;
/** The most that the histogram's `buckets` may be. */
const MAX_BUCKETS = 500n;

/** The built collector as `npm start` starts it, with the embedded storage and its default settings. `settings` go into its environment. */
export function threadline(version: string, settings: Record<string, string> = {}): ServerKind {
  return {
    name: 'Threadline',
    version,
    signals: ['logs', 'spans'],
    async start(directory) {
      const startedAt = performance.now();
      const collector = await startCollector(directory, settings);
      const readyMillis = performance.now() - startedAt;
      const endWithUs = () => collector.process.kill('SIGKILL');
      process.once('exit', endWithUs);
      return {
        pid: collector.process.pid ?? 0,
        ingestUrls: { logs: `${collector.otlpHttp}/v1/logs`, spans: `${collector.otlpHttp}/v1/traces` },
        readyMillis,
        threadlineApi: collector.ui,
        ask: (question, sample) => ask(collector.ui, question, sample),
        findWord: (word) => get(collector.ui, '/api/v1/logs', { query: word, from: 'now-1h', to: 'now', limit: '1' }, 'records'),
        storedBytes: () => directoryBytes(path.join(directory, 'embedded')),
        async stop() {
          process.off('exit', endWithUs);
          await collector.end('SIGTERM');
        },
      };
    },
  };
}

function ask(api: string, question: QuestionId, sample: Sample): Query | undefined {
  const range = { from: rfc3339(sample.range.fromNanos), to: rfc3339(sample.range.toNanos) };
  const logs = (query: string) => get(api, '/api/v1/logs', { query, ...range, limit: '100' }, 'records');
  const histogram = (query: string) => {
    const minutes = (sample.range.toNanos - sample.range.fromNanos) / NANOS_PER_MILLI / MILLIS_PER_MINUTE;
    const buckets = minutes < MAX_BUCKETS ? minutes : MAX_BUCKETS;
    return get(api, '/api/v1/logs/histogram', { query, ...range, buckets: String(buckets) }, 'total');
  };
  switch (question) {
    case 'latestErrors':
      return logs(`service:${sample.service} level:error`);
    case 'uuid':
      return logs(`"${sample.uuid}"`);
    case 'phrase':
      return logs(`"${PHRASE}"`);
    case 'phraseCount':
      return histogram(`"${PHRASE}"`);
    case 'histogram':
      return histogram('*');
    case 'correlationId':
      return logs(`correlationId:${sample.correlationId}`);
    case 'logsOfTrace':
      return logs(`traceId:${sample.logTraceId}`);
    case 'topUsers':
      return get(api, '/api/v1/logs/fields/user.id/values', { ...range, limit: '10' }, 'values');
    case 'durationPercentile':
      return get(api, '/api/v1/logs/stats', { ...range, field: 'duration_ms', by: 'service', percentile: '95', limit: '100' }, 'groups');
    default:
      return askForTraces(api, question, sample, range);
  }
}

function askForTraces(
  api: string,
  question: 'trace' | 'traceSearch' | 'dependencies',
  sample: Sample,
  range: { readonly from: string; readonly to: string },
): Query | undefined {
  if (sample.span === undefined) return undefined;
  const { traceId, service, name } = sample.span;
  const toMillis = sample.range.toNanos / NANOS_PER_MILLI;
  switch (question) {
    case 'trace':
      return get(api, `/api/v1/traces/${traceId}`, {}, 'spans');
    case 'traceSearch':
      return get(
        api,
        '/api/v1/traces',
        {
          ...{ service, operation: name, limit: '20', ...range },
          minDuration: `${SLOW_FAILED.minDurationMillis}ms`,
          attribute: `http.response.status_code:${SLOW_FAILED.statusCode}`,
        },
        'traces',
      );
    case 'dependencies':
      return get(
        api,
        '/jaeger/api/dependencies',
        { endTs: String(toMillis), lookback: String(toMillis - sample.range.fromNanos / NANOS_PER_MILLI) },
        'data',
      );
  }
}

function get(api: string, route: string, parameters: Record<string, string>, counted: string): Query {
  return { url: `${api}${route}?${new URLSearchParams(parameters)}`, count: (answer) => countOf(answer, counted) };
}

function rfc3339(nanos: bigint): string {
  return new Date(Number(nanos / NANOS_PER_MILLI)).toISOString();
}
