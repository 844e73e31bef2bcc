import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expectedLogs, expectedSpans, LANGUAGES, type Language, sortKeyValues, TRACE_ID } from '../conformance/expected-scenario.ts';
import { readBack } from '../conformance/read-back.ts';
import { startCollector, temporaryDirectory } from '../running-collector.ts';

const SENDERS = fileURLToPath(new URL('../conformance/senders/', import.meta.url));

export interface ExportersRunResult {
  /** `python http gzip`: what came back is what was sent. */
  readonly same: readonly string[];
  readonly different: readonly string[];
  /** Languages that are not at hand here, with the tool that is missing. */
  readonly absent: readonly string[];
}

/** How each language's sender is made ready in a directory, and the command that it is run with. */
const TOOLCHAINS: Readonly<
  Record<string, { tool: string; prepare: (directory: string) => string[][]; command: (directory: string) => string[] }>
> = {
  python: {
    tool: 'python3',
    prepare: (directory) => [
      ['python3', '-m', 'venv', directory],
      [`${directory}/bin/pip`, 'install', '--quiet', '--requirement', `${SENDERS}python/requirements.txt`],
    ],
    command: (directory) => [`${directory}/bin/python`, `${SENDERS}python/send.py`],
  },
  go: {
    tool: 'go',
    prepare: (directory) => [['go', 'build', '-C', `${SENDERS}go`, '-o', `${directory}/send`, '.']],
    command: (directory) => [`${directory}/send`],
  },
  java: {
    tool: 'mvn',
    prepare: (directory) => [
      [
        'mvn',
        '--quiet',
        '--batch-mode',
        '--file',
        `${SENDERS}java/pom.xml`,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${directory}`,
      ],
    ],
    command: (directory) => ['java', '-cp', `${directory}/*`, `${SENDERS}java/Send.java`],
  },
};

/** Runs each language's own exporters that are at hand against a live collector: HTTP and gRPC, plain and gzip. */
export async function exportersRun(report: (line: string) => void): Promise<ExportersRunResult> {
  const result = { same: [] as string[], different: [] as string[], absent: [] as string[] };
  for (const language of LANGUAGES) {
    const toolchain = TOOLCHAINS[language.name];
    if (!toolchain || spawnSync('which', [toolchain.tool]).status !== 0) {
      result.absent.push(`${language.name} (no ${toolchain?.tool})`);
      continue;
    }
    const directory = await mkdtemp(join(tmpdir(), 'threadline-sender-'));
    for (const [command = '', ...args] of toolchain.prepare(directory)) await run(command, args);
    for (const protocol of ['http', 'grpc'] as const) {
      for (const compression of ['plain', 'gzip'] as const) {
        const name = `${language.name} ${protocol} ${compression}`;
        const same = await comesBack(language, toolchain.command(directory), protocol, compression);
        (same ? result.same : result.different).push(name);
        report(`  ${name}: ${same ? 'the same' : 'DIFFERENT'}`);
      }
    }
    await rm(directory, { recursive: true, force: true });
  }
  return result;
}

async function comesBack(
  language: Language,
  command: readonly string[],
  protocol: 'http' | 'grpc',
  compression: 'plain' | 'gzip',
): Promise<boolean> {
  const directory = await temporaryDirectory();
  const collector = await startCollector(directory.path);
  try {
    const endpoint = protocol === 'http' ? collector.otlpHttp : `http://${collector.otlpGrpc}`;
    const [program = '', ...args] = [...command, protocol, endpoint, ...(compression === 'gzip' ? ['gzip'] : [])];
    await run(program, args);
    const { spans, logs } = await readBack(collector.ui, `conformance-${language.name}`, TRACE_ID);
    const comparable = language.attributesAreSets ? sortKeyValues : <T>(value: T) => value;
    return (
      isDeepStrictEqual(comparable(spans), comparable(expectedSpans(language))) &&
      isDeepStrictEqual(comparable(logs), comparable(expectedLogs(language)))
    );
  } finally {
    await collector.end('SIGTERM');
    await directory.remove();
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}
