import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startElasticsearch } from '../../deploy/elasticsearch/node.mjs';
import { normalizeLogs, normalizeSpans } from '../src/model/normalize.ts';
import { idsByPosition } from '../src/model/record-ids.ts';
import { decodeLogs, decodeTraces } from '../src/otlp/decode-request.ts';
import { encodeDocument } from '../src/storage/elasticsearch/document.ts';
import { PatternMiner } from '../src/storage/patterns/pattern-miner.ts';
import { TemplateReader } from '../src/storage/patterns/template-reader.ts';
import { type RunningCollector, startCollector } from '../test/running-collector.ts';
import { BodyFile } from './body-file.ts';
import { HttpClient } from './http-client.ts';
import { RECORDS_A_BODY } from './load.ts';
import type { PreparedLoad } from './measure-server.ts';
import { compilerCpuSeconds, cpuSeconds, settle } from './process-figures.ts';
import { ProgressWatch } from './progress-watch.ts';
import type { ElasticsearchFigures, ElasticsearchPair, ElasticsearchRound } from './results.ts';
import { sendAll } from './send-load.ts';
import { SIGNALS, type Signal } from './servers/server.ts';

/** As many bodies of the load as the collector puts into one bulk request, and as many at once. */
const BODIES_A_BULK = 8;
const PARALLEL_BULKS = 4;
/** The first one, which is not counted, compiles the code of both. */
const ROUNDS = 6;
/** Each makes the collector ask Elasticsearch, which costs both. */
const DELIVERED_POLL_MILLIS = 250;
const FULL_NODE_MILLIS = 100;
/** The figures of spans are written so long after them, at the latest; a collector that never does is an error. */
const FIGURES_MILLIS = 120_000;
const FIGURES_POLL_MILLIS = 1_000;
const LOG_ID = '0123456789abcdef'.repeat(2);
/** As long as the collector's. */
const FIGURE_BATCH = 'prepared0000';

interface ElasticsearchTask {
  readonly directory: string;
  readonly prepared: PreparedLoad;
  readonly connections: number;
  readonly report: (line: string) => void;
}

interface Context extends ElasticsearchTask {
  readonly node: { readonly url: string; readonly pid: number };
  readonly collector: RunningCollector;
}

/**
 * How fast the collector brings a load into a real Elasticsearch node on this machine, beside `_bulk` requests of documents made before, into the
 * same templates, by turns. Node and collector are the same processes in all rounds. Records a second are until every record is in Elasticsearch's log on
 * disk; processor time is until the collector has nothing more to write and the node nothing left to do, so that none of it falls to whoever comes next.
 */
export async function measureElasticsearch(task: ElasticsearchTask): Promise<{ readonly [S in Signal]?: ElasticsearchFigures }> {
  task.report('Elasticsearch is fetched, where it is not there yet, and started');
  const node = await startElasticsearch({ directory: path.join(task.directory, 'node'), heap: '2g', runsForLong: true });
  const endWithUs = () => process.kill(node.pid, 'SIGKILL');
  process.once('exit', endWithUs);
  const figures: { [S in Signal]?: ElasticsearchFigures } = {};
  try {
    for (const signal of SIGNALS) {
      const bodies = task.prepared.bodies[signal];
      if (bodies === undefined) continue;
      const collector = await startCollector(path.join(task.directory, `collector-${signal}`), {
        THREADLINE_STORAGE: 'elasticsearch',
        THREADLINE_ELASTICSEARCH_URL: node.url,
      });
      const endCollectorWithUs = () => collector.process.kill('SIGKILL');
      process.once('exit', endCollectorWithUs);
      try {
        figures[signal] = await measureSignal({ ...task, node, collector }, signal, bodies);
      } finally {
        process.off('exit', endCollectorWithUs);
        await collector.end('SIGTERM');
      }
    }
  } finally {
    process.off('exit', endWithUs);
    await node.stop();
  }
  return figures;
}

async function measureSignal(context: Context, signal: Signal, bodies: BodyFile): Promise<ElasticsearchFigures> {
  const { report } = context;
  const records = bodies.count * RECORDS_A_BODY;
  report(`${signal}: the plain bulks of ${records} records are made`);
  const making = new ProgressWatch(report);
  const bulkCount = Math.ceil(bodies.count / BODIES_A_BULK);
  const bulks = new BodyFile(path.join(context.directory, `${signal}.bulks`), bulkCount, (bulk) => {
    making.note(bulkCount - bulk, `${bulk} of ${bulkCount} bulks are made`);
    return bulkOf(signal, bodies, bulk);
  });
  const rounds: ElasticsearchPair[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const measureOurs = () => measureCollector(context, { signal, bodies });
      const measureBulks = () => measureRaw(context, { signal, bulks, records, round });
      const loadAverage = loadavg()[0] ?? 0;
      report(
        `${signal}, round ${round}${round === 0 ? ', which is not counted' : ` of ${ROUNDS - 1}`}, load average ${loadAverage.toFixed(1)}`,
      );
      // Each is first in every other round: what a machine does slowly (warming up, other work on it) meets both.
      const first = round % 2 === 0 ? await measureOurs() : await measureBulks();
      const second = round % 2 === 0 ? await measureBulks() : await measureOurs();
      const [collector, raw] = round % 2 === 0 ? [first, second] : [second, first];
      report(`  plain bulks ${described(raw)}, the collector ${described(collector)}`);
      if (round > 0) rounds.push({ raw, collector, loadAverage });
    }
    return { records, bytesADocument: bulks.totalBytes / records, rounds };
  } finally {
    bulks.remove();
  }
}

/** From the first request until nothing waits any more, into an index of its own, as the plain bulks have one. */
async function measureCollector(
  { node, collector, connections, report }: Context,
  { signal, bodies }: { readonly signal: Signal; readonly bodies: BodyFile },
): Promise<ElasticsearchRound> {
  const client = new HttpClient(connections);
  try {
    const pid = collector.process.pid ?? 0;
    const nodeMicros = watchNode(node.pid);
    const [collectorBefore, startedAt] = [cpuSeconds(pid), performance.now()];
    const url = `${collector.otlpHttp}/v1/${signal === 'logs' ? 'logs' : 'traces'}`;
    const sending = new ProgressWatch(report);
    await sendAll({ client, url }, { count: bodies.count, read: (body) => bodies.read(body), connections }, (acknowledged) =>
      sending.note(bodies.count - acknowledged, `the collector acknowledged ${acknowledged} of ${bodies.count} requests`),
    );
    await whenDelivered(client, collector, report);
    const records = bodies.count * RECORDS_A_BODY;
    const recordsPerSecond = records / ((performance.now() - startedAt) / 1_000);
    if (signal === 'spans') await whenFiguresAreWritten(client, node.url);
    await settle(node.pid);
    return {
      recordsPerSecond,
      ...nodeMicros(records),
      collectorMicrosARecord: ((cpuSeconds(pid) - collectorBefore) * 1e6) / records,
    };
  } finally {
    client.close();
    await fetch(`${node.url}/${signal === 'logs' ? 'logs' : 'traces'}-threadline-default/_rollover`, { method: 'POST' });
  }
}

async function whenDelivered(client: HttpClient, collector: RunningCollector, report: (line: string) => void): Promise<void> {
  const delivering = new ProgressWatch(report);
  for (;;) {
    const { text } = await client.send({ url: `${collector.ui}/api/v1/status` });
    const { log }: { readonly log?: { readonly waitingRequests?: number } } = JSON.parse(text);
    if (log?.waitingRequests === 0) return;
    delivering.note(log?.waitingRequests ?? -1, `the collector has ${log?.waitingRequests} requests that wait for Elasticsearch`);
    await sleep(DELIVERED_POLL_MILLIS);
  }
}

/** The collector gathers figures of spans for some seconds before it writes them: that is its work too. */
async function whenFiguresAreWritten(client: HttpClient, nodeUrl: string): Promise<void> {
  const deadline = performance.now() + FIGURES_MILLIS;
  for (;;) {
    const { text } = await client.send({ url: `${nodeUrl}/threadline-figures-default/_count?q=state:open` });
    const { count }: { readonly count?: number } = JSON.parse(text);
    if (count === 0) return;
    if (performance.now() > deadline) throw new Error(`the figures of spans are not written: ${text}`);
    await sleep(FIGURES_POLL_MILLIS);
  }
}

async function measureRaw(
  { node, report }: Context,
  {
    signal,
    bulks,
    records,
    round,
  }: { readonly signal: Signal; readonly bulks: BodyFile; readonly records: number; readonly round: number },
): Promise<ElasticsearchRound> {
  const client = new HttpClient(PARALLEL_BULKS);
  const url = `${node.url}/${signal === 'logs' ? 'logs' : 'traces'}-threadline-raw${round}/_bulk?require_data_stream=true&filter_path=errors`;
  const nodeMicros = watchNode(node.pid);
  const startedAt = performance.now();
  const sending = new ProgressWatch(report);
  let next = 0;
  const sendOn = async () => {
    while (next < bulks.count) {
      sending.note(bulks.count - next, `plain bulks: ${next} of ${bulks.count} are sent`);
      const body = bulks.read(next++);
      const send = () => client.send({ url, method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
      let answer = await send();
      // The node's memory is full for a moment, which the collector waits for as well.
      while (answer.status === 429) {
        await sleep(FULL_NODE_MILLIS);
        answer = await send();
      }
      if (answer.text !== '{"errors":false}') throw new Error(`Elasticsearch answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_BULKS }, sendOn));
  client.close();
  const recordsPerSecond = records / ((performance.now() - startedAt) / 1_000);
  await settle(node.pid);
  return { recordsPerSecond, ...nodeMicros(records), collectorMicrosARecord: 0 };
}

/** What it gives tells the node's processor time since this call, for so many records. */
function watchNode(pid: number): (records: number) => Pick<ElasticsearchRound, 'nodeMicrosARecord' | 'compilerMicrosARecord'> {
  const [before, compilerBefore] = [cpuSeconds(pid), compilerCpuSeconds(pid)];
  return (records) => {
    const [seconds, compilerSeconds] = [cpuSeconds(pid) - before, compilerCpuSeconds(pid) - compilerBefore];
    return {
      nodeMicrosARecord: ((seconds - compilerSeconds) * 1e6) / records,
      compilerMicrosARecord: (compilerSeconds * 1e6) / records,
    };
  };
}

/** The documents that the collector would make of some bodies. */
function bulkOf(signal: Signal, bodies: BodyFile, bulk: number): Buffer {
  const lines: string[] = [];
  const templates = new TemplateReader(new PatternMiner(), 'default');
  for (let body = bulk * BODIES_A_BULK; body < Math.min(bodies.count, (bulk + 1) * BODIES_A_BULK); body += 1) {
    const context = { arrivalNanos: 1n, ids: idsByPosition({ logId: LOG_ID, file: 0, offset: body }) };
    const { records } =
      signal === 'logs'
        ? normalizeLogs(decodeLogs(bodies.read(body), 'protobuf'), context)
        : normalizeSpans(decodeTraces(bodies.read(body), 'protobuf'), context);
    for (const record of records) {
      const extras = signal === 'logs' ? { template: templates.ofRecord(record) } : { figureBatch: FIGURE_BATCH };
      lines.push(`{"create":{"_id":"${record.id}"}}\n${encodeDocument(record, 'full', extras)}\n`);
    }
  }
  return Buffer.from(lines.join(''));
}

function described(round: ElasticsearchRound): string {
  const { recordsPerSecond, nodeMicrosARecord, compilerMicrosARecord = 0, collectorMicrosARecord } = round;
  const micros = [nodeMicrosARecord, ...(collectorMicrosARecord > 0 ? [collectorMicrosARecord] : [])].map((value) => value.toFixed(1));
  return `${Math.round(recordsPerSecond)}/s, ${micros.join(' + ')} µs a record (and ${compilerMicrosARecord.toFixed(1)} of the node's compiler)`;
}
