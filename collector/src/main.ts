import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import zlib from 'node:zlib';
import { type Collector, type CollectorAddresses, createCollector } from './collector.ts';
import { type Config, ConfigError, parseConfig } from './config.ts';
import { StartError } from './start-error.ts';
import { createLogger, oneLine } from './telemetry/logger.ts';

/** The only file with side effects: environment, signals, exit code. */

const EXIT_FAILED = 1;
/** As shells have it for a process that a signal ended: 128 and the signal's number. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The heap may grow to three times of what was in use before all of it is looked through again. Most of what comes and goes are bytes beside a heap of
 * some 20 MB; V8's own measure collects garbage more than once a second at 5,000 logs a second, which is a third of all processor time, and saves 30 MB.
 */
setFlagsFromString('--heap-growing-percent=200');
/** What NODE_OPTIONS says of the young generation stays with the main thread, which has it already: V8 would put it before the limits of other threads. */
setFlagsFromString('--max-semi-space-size=0');

/** What is written is records, and what waits to be one: nobody else of this machine reads it. Here, since only a process can say it for its threads. */
process.umask(0o077);

await main();

async function main(): Promise<void> {
  const starting = new AbortController();
  outliveReaders();
  try {
    checkNode();
    const config = parseConfig(process.env);
    const logger = createLogger({ write: (line) => process.stderr.write(line), now: Date.now });
    const collector = await createCollector(config, { logger, version: await readVersion() });
    stopOnSignal(collector, starting);
    await collector.start(starting.signal);
    announce(collector.addresses, config);
  } catch (error) {
    if (starting.signal.aborted) return;
    for (const line of linesOf(error)) process.stderr.write(`threadline: ${oneLine(line)}\n`);
    // Not process.exitCode: whatever is still open must not keep a failed start alive.
    process.exit(EXIT_FAILED);
  }
}

/** Whoever reads the log may end before the collector does, as `tee` or a shipper of logs: its lines are dropped, and records are taken all the same. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** What storages are made of names what an older Node does not have: it came in 22.15 and 23.8. */
function checkNode(): void {
  if (zlib.zstdDecompress !== undefined) return;
  throw new StartError(`Node 22.15 or newer is needed, this is ${process.version}: use npm start, which takes the Node of this repository`);
}

/** The first signal lets what is under way end and exits with 0; a second one exits at once. */
function stopOnSignal(collector: Collector, starting: AbortController): void {
  let isStopping = false;
  const stop = (signal: keyof typeof EXIT_BY_SIGNAL): void => {
    if (isStopping) process.exit(EXIT_BY_SIGNAL[signal]);
    isStopping = true;
    starting.abort();
    collector.shutdown().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`threadline: the shutdown failed: ${oneLine(String(error))}\n`);
        process.exit(EXIT_FAILED);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** For a person on stdout; for a program that started this one, as a message on its channel. */
function announce(addresses: CollectorAddresses | undefined, config: Config): void {
  if (!addresses) return;
  const { otlpHttp, otlpGrpc, ui } = addresses;
  const storage = config.storage === 'embedded' ? `in ${config.dataDirectory}` : 'in Elasticsearch';
  process.stdout.write(
    [
      'Threadline is ready.',
      `  Send logs and traces to  ${otlpHttp}  (OTLP/HTTP)`,
      `                      or  ${otlpGrpc}  (OTLP/gRPC)`,
      `  Look at them on          ${ui}`,
      `  They are kept            ${storage}`,
      '',
    ].join('\n'),
  );
  process.send?.({ type: 'threadline.ready', addresses });
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof StartError) return [error.message];
  return [`cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}
