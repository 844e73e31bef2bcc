import { baseUrl } from '../api-client.ts';
import { CliError, type Command, type CommandContext } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import { grouped, Progress } from '../progress.ts';
import { showControls } from '../terminal.ts';
import { type ImportBatch, makeBatches } from './import-batch.ts';
import { readPieces } from './read-pieces.ts';
import { findSources, readSource, type Source } from './read-source.ts';
import { Sender, type SendResult } from './send-batch.ts';

const DEFAULT_URL = 'http://127.0.0.1:4318';
/** Beyond, bad places are only counted. */
const MAX_TOLD = 1_000;

const HELP = `Load logs and spans from files into a collector.

Usage: threadline import [FILE|DIRECTORY|-]... [OPTIONS]

  --url URL    where the collector takes OTLP/HTTP (http://127.0.0.1:4318)

Without a file, or with -, standard input is read. What a file holds is seen from its content, gzip and zstd too:
  NDJSON       records as threadline export and query --json write them, one a line; traces of query --trace --json
  OTLP/JSON    an export request a line, as the OpenTelemetry Collector's file exporter writes it, or one in the file
  OTLP         export requests in protobuf, each with its length in four bytes before it, as the file exporter writes them
  Jaeger       what Jaeger UI downloads as JSON

What cannot be read is named by file and line; all else is imported, and the exit code is 1. When it breaks off, the
same command goes on: within 24 hours what the collector has is not stored again.

Examples:
  threadline import week.ndjson.zst
  threadline import traces/ --url http://collector:4318
  ssh otel-1 cat /var/lib/otel/out.jsonl | threadline import
`;

const OPTIONS = { url: { type: 'string' } } as const;

export const importCommand: Command = {
  name: 'import',
  summary: 'load NDJSON, OTLP files or Jaeger JSON into a collector',
  help: HELP,
  async run(args, context) {
    const { values, positionals } = parseOptions(args, OPTIONS);
    const url = baseUrl(values.url ?? context.env.THREADLINE_CLI_OTLP_URL ?? DEFAULT_URL);
    const sources = await findSources(positionals, context.stdin);
    if (sources.length === 0) throw new CliError(`there is no file in ${positionals.join(', ')}`);
    return new Import(url, sources, context).run();
  },
};

class Import {
  readonly #context: CommandContext;
  readonly #sources: readonly Source[];
  readonly #progress: Progress;
  readonly #sender: Sender;
  readonly #totalBytes: number | undefined;
  #readBytes = 0;
  #imported = 0;
  #bad = 0;
  #isWaiting = false;

  constructor(url: string, sources: readonly Source[], context: CommandContext) {
    this.#context = context;
    this.#sources = sources;
    this.#progress = new Progress({ terminal: context.err, noun: 'records' });
    const sizes = sources.map(({ bytes }) => bytes);
    this.#totalBytes = sizes.reduce<number | undefined>(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
      0,
    );
    this.#sender = new Sender({
      url,
      ingestKey: context.env.THREADLINE_INGEST_KEY || undefined,
      signal: context.signal,
      onWaiting: async (reason) => {
        if (!this.#isWaiting) await this.#tell(`waiting for the collector: ${reason}`);
        this.#isWaiting = true;
      },
    });
  }

  async run(): Promise<number> {
    for (const source of this.#sources) {
      try {
        await this.#importSource(source);
      } catch (error) {
        if (error instanceof CliError || this.#context.signal.aborted) {
          await this.#progress.clear();
          throw error;
        }
        await this.#tellBad(source, undefined, 'cannot be read to its end, or is not packed as it begins');
      }
    }
    await this.#progress.clear();
    const bad = this.#bad === 0 ? '' : `; ${grouped(this.#bad)} could not be imported`;
    await this.#context.err.write(`${this.#progress.summary(this.#imported)}${bad}\n`);
    return this.#bad === 0 ? 0 : 1;
  }

  async #importSource(source: Source): Promise<void> {
    const bytes = readSource(source, (count) => {
      this.#readBytes += count;
    });
    for await (const batch of makeBatches(readPieces(bytes))) {
      if ('problem' in batch) await this.#tellBad(source, batch.place, batch.problem);
      else await this.#send(batch, source);
      const share = this.#totalBytes === undefined || this.#totalBytes === 0 ? undefined : Math.min(1, this.#readBytes / this.#totalBytes);
      await this.#progress.show(this.#imported, share);
    }
  }

  /** What is refused as a whole is tried in halves, down to the line that is to blame. */
  async #send(batch: ImportBatch, source: Source): Promise<void> {
    const result: SendResult = await this.#sender.send(batch, source.keyName);
    this.#isWaiting = false;
    const [first, last] = batch.places;
    const place = first === last ? first : `${first} to ${last}`;
    if (result.status === 'taken') {
      this.#imported += batch.count - result.refused;
      if (result.refused > 0) await this.#tellBad(source, place, result.message, result.refused);
      return;
    }
    if (batch.halves) for (const half of batch.halves()) await this.#send(half, source);
    else await this.#tellBad(source, place, result.message, batch.count);
  }

  async #tellBad({ name }: Source, place: string | undefined, problem: string, count = 1): Promise<void> {
    this.#bad += count;
    if (this.#bad - count < MAX_TOLD) await this.#tell(`${name}${place === undefined ? '' : `, ${place}`}: ${showControls(problem)}`);
  }

  async #tell(text: string): Promise<void> {
    await this.#progress.clear();
    await this.#context.err.write(`threadline: ${text}\n`);
  }
}
