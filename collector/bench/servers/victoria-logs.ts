import { directoryBytes } from '../process-figures.ts';
import type { QuestionId } from '../questions.ts';
import { PHRASE, type Sample } from '../samples.ts';
import { countLines } from './json-count.ts';
import { freePorts, startPeer } from './peer-process.ts';
import type { Query, ServerKind } from './server.ts';

const NANOS_PER_MILLI = 1_000_000n;
/** The load's times are fixed: neither they nor those of a clock that is ahead may be refused. */
const TAKES_ALL_TIMES = ['-retentionPeriod=100y', '-futureRetention=100y'];

/** VictoriaLogs with its default settings. */
export function victoriaLogs(binary: string, version: string): ServerKind {
  return {
    name: 'VictoriaLogs',
    version,
    signals: ['logs'],
    async start(directory) {
      const [port] = await freePorts(1);
      const url = `http://127.0.0.1:${port}`;
      const args = [`-storageDataPath=${directory}/data`, `-httpListenAddr=127.0.0.1:${port}`, ...TAKES_ALL_TIMES];
      const peer = await startPeer(binary, args, { directory, readyUrl: `${url}/health` });
      return {
        ...peer,
        ingestUrls: { logs: `${url}/insert/opentelemetry/v1/logs` },
        ask: (question, sample) => ask(url, question, sample),
        findWord: (word) => select(url, 'query', { query: `"${word}"`, start: '1h', limit: '1' }, countLines),
        storedBytes: () => directoryBytes(`${directory}/data`),
      };
    },
  };
}

function ask(url: string, question: QuestionId, sample: Sample): Query | undefined {
  const range = { start: rfc3339(sample.range.fromNanos), end: rfc3339(sample.range.toNanos) };
  const latest = (query: string) => select(url, 'query', { query, ...range, limit: '100' }, countLines);
  const all = (query: string, count: (answer: string) => number) => select(url, 'query', { query, ...range }, count);
  switch (question) {
    case 'latestErrors':
      return latest(`{service.name="${sample.service}"} severity_text:error`);
    case 'uuid':
      return latest(`"${sample.uuid}"`);
    case 'phrase':
      return latest(`"${PHRASE}"`);
    case 'phraseCount':
      return all(`"${PHRASE}" | stats count() as total`, countTotal);
    case 'histogram':
      return select(url, 'hits', { query: '*', ...range, step: '1m', field: 'severity_text' }, countHits);
    case 'correlationId':
      return latest(`"correlation.id":="${sample.correlationId}"`);
    case 'logsOfTrace':
      return latest(`trace_id:="${sample.logTraceId}"`);
    case 'topUsers':
      return all('* | top 10 by ("user.id")', countLines);
    case 'durationPercentile':
      return all('* | stats by ("service.name") quantile(0.95, duration_ms)', countLines);
    default:
      return undefined;
  }
}

function select(url: string, route: string, parameters: Record<string, string>, count: (answer: string) => number): Query {
  return { url: `${url}/select/logsql/${route}?${new URLSearchParams(parameters)}`, count };
}

function countTotal(answer: string): number {
  return Number(JSON.parse(answer).total);
}

function countHits(answer: string): number {
  const { hits }: { readonly hits: readonly { readonly total: number }[] } = JSON.parse(answer);
  return hits.reduce((total, group) => total + group.total, 0);
}

function rfc3339(nanos: bigint): string {
  return new Date(Number(nanos / NANOS_PER_MILLI)).toISOString();
}
