import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { LogHistogramAnswer } from '../api/index.ts';
import { ApiClient, reasonOf } from './api-client.ts';
import { CliError, type Command, type CommandContext, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';
import { Progress } from './progress.ts';

const LINE_FEED = 0x0a;
const MEDIA_TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;

const HELP = `Save all logs that match a query.

Usage: threadline export [QUERY] [OPTIONS]

  --from TIME, --to TIME    the range: now-1d, now, 2026-11-23T14:03:07Z (now-15m to now)
  --format ndjson|csv       whole records, one a line, or a table (ndjson)
  --column NAME             a column of the table; as often as there are columns
  --order asc|desc          the oldest first, or the newest (asc)
  --incomplete              what is in the storage, where what was acknowledged is not all there, as while its disk is full
  --output FILE, -o FILE    into a file, which is there only once it is whole; else, and with -, to standard output
  --url URL                 the collector (http://127.0.0.1:4319)

Examples:
  threadline export 'level:error' --from now-1d -o errors.ndjson
  threadline export --format csv --column time --column service --column message > logs.csv
  threadline export --from now-7d | zstd > week.ndjson.zst

What was exported as NDJSON goes into a collector again with: threadline import FILE
`;

const OPTIONS = {
  from: { type: 'string', default: 'now-15m' },
  to: { type: 'string', default: 'now' },
  format: { type: 'string', default: 'ndjson' },
  column: { type: 'string', multiple: true },
  order: { type: 'string', default: 'asc' },
  incomplete: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o' },
  url: { type: 'string' },
} as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'save all logs that match a query, as NDJSON or CSV',
  help: HELP,
  async run(args, context) {
    const { values, positionals } = parseOptions(args, OPTIONS);
    if (values.format !== 'ndjson' && values.format !== 'csv') throw new UsageError('--format must be ndjson or csv');
    const client = new ApiClient(values.url, context);
    const range = { query: positionals.join(' ') || undefined, from: values.from, to: values.to };
    const response = await client.open('/api/v1/logs/export', {
      parameters: {
        ...range,
        order: values.order,
        format: values.format,
        column: values.column,
        incomplete: values.incomplete ? '1' : undefined,
      },
      mediaType: MEDIA_TYPES[values.format],
    });
    // Only for the bar: an export goes on without knowing its end.
    const total = context.err.isInteractive
      ? await client.read<LogHistogramAnswer>('/api/v1/logs/histogram', range, 'total').then(
          (answer) => answer.total,
          () => undefined,
        )
      : undefined;
    const progress = new Progress({ terminal: context.err, noun: 'records' });
    const output = values.output === '-' ? undefined : values.output;
    const count = await save(response, { ...context, output, progress, total, headLines: values.format === 'csv' ? 1 : 0 });
    await progress.clear();
    await context.err.write(`${progress.summary(count)}${output === undefined ? '' : `, in ${output}`}\n`);
    if (!response.headers.has('x-threadline-incomplete')) return 0;
    await context.err.write('It is not all that was acknowledged: the rest is not in the storage yet.\n');
    return 1;
  },
};

interface SaveOptions extends CommandContext {
  readonly output: string | undefined;
  readonly progress: Progress;
  readonly total: number | undefined;
  readonly headLines: number;
}

/** A record is a line, in CSV unless a text has line ends. Answers with how many lines came. */
async function save(response: Response, { output, out, progress, total, headLines, signal }: SaveOptions): Promise<number> {
  const target = output === undefined ? undefined : await openTarget(output);
  let lines = -headLines;
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      signal.throwIfAborted();
      for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1;
      if (target) await target.write(chunk);
      else await out.write(decoder.decode(chunk, { stream: true }));
      await progress.show(Math.max(0, lines), total === undefined || total === 0 ? undefined : Math.min(1, Math.max(0, lines) / total));
    }
    await target?.finish();
  } catch (error) {
    await target?.discard();
    if (signal.aborted || !(error instanceof Error)) throw error;
    throw new CliError(`the export broke off after ${Math.max(0, lines)} records and is not whole (${reasonOf(error)})`, { cause: error });
  }
  return Math.max(0, lines);
}

/**
 * A file that has its name only once it is whole. What is there and no file, as a pipe or a device, is written to as it is: a file in its place would take it
 * from everybody else. A link stays one, and what it names is replaced.
 */
async function openTarget(path: string) {
  const there = await stat(path).catch(() => undefined);
  const isReplaced = there === undefined || there.isFile();
  const name = there?.isFile() ? await realpath(path) : path;
  const draft = isReplaced ? `${name}.part` : name;
  const handle = await open(draft, 'w').catch((error: unknown) => {
    throw new CliError(`${path} cannot be written (${reasonOf(error)})`, { cause: error });
  });
  return {
    write: (bytes: Uint8Array): Promise<void> => handle.writeFile(bytes),
    finish: async (): Promise<void> => {
      await handle.close();
      if (isReplaced) await rename(draft, name);
    },
    discard: async (): Promise<void> => {
      await handle.close();
      if (isReplaced) await rm(draft, { force: true });
    },
  };
}
