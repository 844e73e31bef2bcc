import type { LogRecord, LogSearchAnswer, ServicesAnswer, TraceAnswer } from '../../api/index.ts';
import { ApiClient } from '../api-client.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { countOption, parseOptions } from '../parse-options.ts';
import { grouped } from '../progress.ts';
import { fit, type Terminal } from '../terminal.ts';
import { drawTrace } from './draw-trace.ts';
import { followLogs } from './follow-logs.ts';
import { formatLog } from './format-log.ts';

const PAGE_RECORDS = 1_000;
const MAX_RECORDS = 1_000_000;

const HELP = `Search logs, follow them as they arrive, draw a trace, list the services.

Usage: threadline query [QUERY] [OPTIONS]
       threadline query --trace ID
       threadline query --services

  --from TIME, --to TIME   the range: now-1h, now, 2026-11-23T14:03:07Z (now-15m to now)
  --limit N, -n N          the newest N records of it, the newest last (100)
  --follow, -f             records as they arrive from now on, until Ctrl+C
  --trace ID               the trace as a waterfall, all of it
  --services               the services of the range, with how many spans and logs each sent
  --json                   whole records as JSON, one a line; a trace or the services as one JSON document
  --url URL                the collector (http://127.0.0.1:4319)

Examples:
  threadline query 'level:error service:orders "card declined"' --from now-1d
  threadline query --follow level:warn
  threadline query --json 'order.total:>100' | jq .body.stringValue
  threadline query --trace 4bf92f3577b34da6a3ce929d0e0e4736

The query language is described in docs/query-language.md.
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string', short: 'n' },
  follow: { type: 'boolean', short: 'f', default: false },
  trace: { type: 'string' },
  services: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  url: { type: 'string' },
} as const;

/** What says which records of a search are shown, and what else can be shown with it. Nothing that is asked for is left aside without a word. */
const RANGE_OPTIONS = ['from', 'to', 'limit'] as const;
const TAKEN_BY = { trace: [], services: ['from', 'to'], follow: [] } as const satisfies Record<
  string,
  readonly (typeof RANGE_OPTIONS)[number][]
>;

export const queryCommand: Command = {
  name: 'query',
  summary: 'search logs, follow them, draw a trace, list services',
  help: HELP,
  async run(args, context) {
    const { values, positionals } = parseOptions(args, OPTIONS);
    const kinds = (['trace', 'services', 'follow'] as const).filter((kind) => values[kind] !== undefined && values[kind] !== false);
    if (kinds.length > 1) throw new UsageError('--trace, --services and --follow do not go together');
    if (positionals.length > 0 && (values.trace !== undefined || values.services)) throw new UsageError('a query is of logs alone');
    for (const kind of kinds) {
      const taken: readonly string[] = TAKEN_BY[kind];
      const left = RANGE_OPTIONS.find((option) => values[option] !== undefined && !taken.includes(option));
      if (left !== undefined) throw new UsageError(`--${left} does not go with --${kind}`);
    }
    const client = new ApiClient(values.url, context);
    const { from = 'now-15m', to = 'now', json } = values;
    if (values.trace !== undefined) return showTrace(client, values.trace, { ...context, json });
    if (values.services)
      return showServices(await client.read<ServicesAnswer>('/api/v1/services', { from, to }, 'services'), { ...context, json });
    const query = positionals.join(' ');
    const show = async (records: readonly LogRecord[]): Promise<void> => {
      for (const record of records) await context.out.write(json ? `${JSON.stringify(record)}\n` : formatLog(record, context.out));
    };
    const note = (text: string): Promise<void> => context.err.write(`${context.err.style(`threadline: ${text}`, 'dim')}\n`);
    if (values.follow) {
      await followLogs(client, { query, signal: context.signal, onRecords: show, onNote: note });
      return 0;
    }
    const limit = countOption(values.limit, '--limit', { fallback: 100, max: MAX_RECORDS });
    const { records, hasMore, notes } = await newest(client, { query, from, to }, limit);
    await show(records.reverse());
    for (const text of notes) await note(text);
    if (records.length === 0) await note(`no record from ${from} to ${to} matches`);
    else if (hasMore && context.out.isInteractive)
      await note(`the newest ${grouped(records.length)}; there are more: --limit says how many to show`);
    return 0;
  },
};

interface Range {
  readonly query: string;
  readonly from: string;
  readonly to: string;
}

/** The newest first, page by page. */
async function newest(client: ApiClient, { query, from, to }: Range, limit: number) {
  const records: LogRecord[] = [];
  const notes: string[] = [];
  let cursor: string | undefined;
  do {
    const parameters = {
      query: query || undefined,
      limit: Math.min(PAGE_RECORDS, limit - records.length),
      order: 'desc',
      ...(cursor === undefined ? { from, to } : { cursor }),
    };
    const page: LogSearchAnswer = await client.read<LogSearchAnswer>('/api/v1/logs', parameters, 'records');
    records.push(...page.records);
    notes.push(...(page.warnings ?? []), ...(page.partial ? [`not all of the range was searched: ${page.partial.reason}`] : []));
    cursor = page.nextCursor;
  } while (cursor !== undefined && records.length < limit);
  return { records, hasMore: cursor !== undefined, notes: [...new Set(notes)] };
}

async function showTrace(client: ApiClient, traceId: string, { out, json }: CommandContext & { readonly json: boolean }): Promise<number> {
  const path = `/api/v1/traces/${encodeURIComponent(traceId)}`;
  const first = await client.read<TraceAnswer>(path, { limit: PAGE_RECORDS }, 'spans');
  const pages = [first];
  for (let next = first.nextCursor; next !== undefined; next = pages.at(-1)?.nextCursor)
    pages.push(await client.read<TraceAnswer>(path, { limit: PAGE_RECORDS, cursor: next }, 'spans'));
  const { nextCursor: _ended, ...answer } = first;
  const trace = { ...answer, spans: pages.flatMap(({ spans }) => spans), logs: pages.flatMap(({ logs }) => logs) };
  await out.write(json ? `${JSON.stringify(trace)}\n` : drawTrace(trace, out));
  return 0;
}

async function showServices(answer: ServicesAnswer, { out, json }: { readonly out: Terminal; readonly json: boolean }): Promise<number> {
  if (json) {
    await out.write(`${JSON.stringify(answer)}\n`);
    return 0;
  }
  const nameColumns = Math.max(20, out.columns - 60);
  const line = (name: string, ...figures: readonly string[]): string =>
    `${fit(name, nameColumns)}${figures.map((figure) => figure.padStart(12)).join('')}`;
  await out.write(`${out.style(`${line('service', 'logs', 'spans', 'errors')}   last seen`, 'bold')}\n`);
  for (const { name, logCount, spanCount, errorCount, lastSeen } of answer.services)
    await out.write(`${line(name || '-', grouped(logCount), grouped(spanCount), grouped(errorCount))}   ${lastSeen.slice(0, 19)}\n`);
  return 0;
}
