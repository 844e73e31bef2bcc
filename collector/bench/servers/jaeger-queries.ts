import type { QuestionId } from '../questions.ts';
import { type Sample, SLOW_FAILED } from '../samples.ts';
import { countOf } from './json-count.ts';
import type { Query } from './server.ts';

const NANOS_PER_MICRO = 1_000n;
const NANOS_PER_MILLI = 1_000_000n;

/** The questions about traces in the words of Jaeger's query API, which several servers have; `api` is what stands before `/traces`. */
export function askJaegerApi(api: string, question: QuestionId, sample: Sample): Query | undefined {
  if (sample.span === undefined) return undefined;
  const { fromNanos, toNanos } = sample.range;
  switch (question) {
    case 'trace':
      return { url: `${api}/traces/${sample.span.traceId}`, count: countSpans };
    case 'traceSearch': {
      const parameters = new URLSearchParams({
        service: sample.span.service,
        operation: sample.span.name,
        tags: JSON.stringify({ 'http.response.status_code': String(SLOW_FAILED.statusCode) }),
        minDuration: `${SLOW_FAILED.minDurationMillis}ms`,
        start: String(fromNanos / NANOS_PER_MICRO),
        end: String(toNanos / NANOS_PER_MICRO),
        limit: '20',
      });
      return { url: `${api}/traces?${parameters}`, count: countData };
    }
    case 'dependencies': {
      const lookback = (toNanos - fromNanos) / NANOS_PER_MILLI;
      return { url: `${api}/dependencies?endTs=${toNanos / NANOS_PER_MILLI}&lookback=${lookback}`, count: countData };
    }
    default:
      return undefined;
  }
}

function countData(answer: string): number {
  return countOf(answer, 'data');
}

function countSpans(answer: string): number {
  const { data }: { readonly data: readonly { readonly spans: readonly unknown[] }[] } = JSON.parse(answer);
  return data.reduce((total, trace) => total + trace.spans.length, 0);
}
