import { FIGURE_ROWS, type FigureRow } from './figure-rows.ts';
import { RANDOM_BYTES } from './load.ts';
import { QUESTION_IDS, QUESTIONS } from './questions.ts';
import type { BenchResults, ElasticsearchRound, RunFacts, ServerFigures } from './results.ts';
import { SIGNALS } from './servers/server.ts';
import { type Spread, spreadOf } from './spread.ts';

/** What selective questions may take longer with ten times the data. */
const MAX_GROWTH = 1.5;

/** docs/bench.md of the results. A part that was never run is left out. */
export function formatReport({ main, large, peers, elasticsearch, profile }: BenchResults): string {
  return [
    '# Figures',
    '',
    '`npm run bench` writes this page and `bench.json` beside it; `npm run bench -- --peers` measures the peers too. CPU-seconds are the steady',
    'figure: seconds and latencies depend on what else the machine does, and the load’s sender runs on the same cores. "Spread" is of the fifths',
    'of the load (until its acknowledgement) or of all runs.',
    ...(main === undefined ? [] : ['', '## Threadline', '', ...formatFacts(main), '', ...formatAims(main.server)]),
    ...(peers === undefined ? [] : ['', '## Beside the peers', '', ...formatPeers(peers)]),
    ...(main === undefined ? [] : ['', '## Questions while it ingests', '', ...formatUnderLoad(main.server)]),
    ...(large === undefined ? [] : ['', '## With more data', '', ...formatGrowth(large, main?.server)]),
    ...(elasticsearch === undefined ? [] : ['', '## In front of Elasticsearch', '', ...formatElasticsearch(elasticsearch)]),
    ...(profile === undefined ? [] : ['', '## Where the next microsecond is', '', ...formatProfile(profile)]),
    '',
  ].join('\n');
}

function formatElasticsearch({ ingest, ...facts }: NonNullable<BenchResults['elasticsearch']>): string[] {
  const rows = SIGNALS.flatMap((signal) => (ingest[signal]?.rounds ?? []).map((round) => ({ signal, ...round })));
  const allMicros = ({ nodeMicrosARecord, collectorMicrosARecord }: ElasticsearchRound) => nodeMicrosARecord + collectorMicrosARecord;
  /** The median of what each pair comes to: what the machine does meanwhile meets both of a pair. */
  const ratiosOf = (of: (raw: ElasticsearchRound, collector: ElasticsearchRound) => number) =>
    SIGNALS.flatMap((signal) => {
      const pairs = (ingest[signal]?.rounds ?? []).map(({ raw, collector }) => of(raw, collector));
      if (pairs.length === 0) return [];
      const { median, min, max } = spreadOf(pairs);
      return [`${signal} ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`];
    }).join(', ');
  const microsOf = (value: number | undefined) => (value === undefined ? '–' : short(value));
  return [
    ...formatFacts(facts),
    'The collector takes the load and brings it into an Elasticsearch node on the same cores, beside `_bulk` requests of the same documents, made before and sent',
    'over four connections into the same templates, by turns. Processor time is of node and collector together, until neither has anything left to do, but for',
    'what the node takes to compile its own code in its first minutes, which falls to one of a pair more than to the other and has a column of its own.',
    '',
    ...table(
      [
        'signal',
        'plain bulks, records/s',
        'collector, records/s',
        'ratio (aim 0.80)',
        'plain, µs a record',
        'collector, µs a record',
        'of it the collector itself',
        'the node’s compiler, plain / collector',
        'load average',
      ],
      rows.map(({ signal, raw, collector, loadAverage }) => [
        signal,
        whole(raw.recordsPerSecond),
        whole(collector.recordsPerSecond),
        (collector.recordsPerSecond / raw.recordsPerSecond).toFixed(2),
        short(allMicros(raw)),
        short(allMicros(collector)),
        short(collector.collectorMicrosARecord),
        `${microsOf(raw.compilerMicrosARecord)} / ${microsOf(collector.compilerMicrosARecord)}`,
        loadAverage === undefined ? '–' : short(loadAverage),
      ]),
    ),
    '',
    'Medians (and spread) of the ratios of pairs:',
    '',
    `- records for the same processor time, which others on the machine disturb least: ${ratiosOf((raw, ours) => allMicros(raw) / allMicros(ours))};`,
    `- with what the node’s compiler took: ${ratiosOf((raw, ours) => (allMicros(raw) + (raw.compilerMicrosARecord ?? 0)) / (allMicros(ours) + (ours.compilerMicrosARecord ?? 0)))};`,
    `- of the node’s own alone, so how good the requests are that it gets: ${ratiosOf((raw, ours) => raw.nodeMicrosARecord / ours.nodeMicrosARecord)};`,
    `- records a second: ${ratiosOf((raw, ours) => ours.recordsPerSecond / raw.recordsPerSecond)}.`,
  ];
}

function formatMachine({ date, machine }: RunFacts): string {
  const { cores, processor, memoryGib, node, loadAverage } = machine;
  return `${date}, ${cores} cores (${processor}), ${memoryGib} GiB, Node ${node}, load average before the run ${loadAverage.toFixed(2)}.`;
}

function formatFacts(facts: RunFacts): string[] {
  const { seed, logs, spans, connections } = facts;
  return [
    formatMachine(facts),
    `Load: ${whole(logs)} logs, ${whole(spans)} spans, seed ${seed}, 500 a request, ${connections} connections, OTLP/HTTP protobuf, all bodies distinct.`,
  ];
}

function formatAims(figures: ServerFigures): string[] {
  const rows = FIGURE_ROWS.map((row) => {
    const value = row.read(figures);
    return [
      row.title,
      withUnit(row.aim, row),
      value === undefined ? '–' : withUnit(value, row),
      spreadText(row.spread?.(figures)),
      verdict(row, value),
    ];
  });
  const behind = rows.filter((cells) => cells.at(-1)?.startsWith('**')).length;
  return [
    ...table(['figure', 'aim', 'measured', 'spread', ''], rows),
    '',
    othersText([figures]),
    `${behind} of ${rows.length} figures are behind their aim. Wire bytes a log / a span: ${wireBytes(figures)}; random, so that no encoding can leave them out: ${RANDOM_BYTES.log} / ${RANDOM_BYTES.span}. Requests refused under load and sent again: ${refusals(figures)}.`,
  ];
}

function formatPeers({ ours: own, ...peers }: NonNullable<BenchResults['peers']>): string[] {
  const header = ['figure', 'Threadline', ...peers.servers.flatMap(({ name }) => [name, 'ratio'])];
  const rows = FIGURE_ROWS.flatMap((row) => {
    if (peers.servers.every((server) => row.read(server) === undefined)) return [];
    const ours = row.read(own);
    return [
      [
        row.title,
        ours === undefined ? '–' : withUnit(ours, row),
        ...peers.servers.flatMap((server) => peerCells(row, ours, row.read(server))),
      ],
    ];
  });
  return [
    ...formatFacts(peers),
    '',
    `${peers.servers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'No peer'} on the same bodies, one after the other. A ratio over 1 says that Threadline`,
    'is ahead by that factor. VictoriaLogs and VictoriaTraces acknowledge before anything is durable, Threadline after. For the two that take spans',
    'alone, acknowledgement and memory are of spans, beside Threadline’s of logs.',
    '',
    ...table(header, rows),
    '',
    'Processor time of one answer, in ms: what hardly depends on who else runs on the machine.',
    '',
    ...table(['question', 'Threadline', ...peers.servers.map(({ name }) => name)], cpuRows([own, ...peers.servers])),
    '',
    othersText(peers.servers),
    ...answersThatDiffer(peers.servers, own),
    ...(peers.absent.length === 0 ? [] : [`Not measured: ${peers.absent.join('; ')}.`]),
  ];
}

function peerCells(row: FigureRow, ours: number | undefined, theirs: number | undefined): [string, string] {
  if (theirs === undefined) return ['–', ''];
  if (ours === undefined) return [withUnit(theirs, row), ''];
  return [withUnit(theirs, row), ratio(row.isBetter === 'more' ? ours / theirs : theirs / ours)];
}

function cpuRows(servers: readonly ServerFigures[]): string[][] {
  return QUESTION_IDS.flatMap((id) => {
    const cells = servers.map((server) => server.quiet[id]?.cpuMillis);
    return cells.every((cell) => cell === undefined)
      ? []
      : [[QUESTIONS[id].title, ...cells.map((cell) => (cell === undefined ? '–' : short(cell)))]];
  });
}

/** How quiet it was: latencies say as much. */
function othersText(servers: readonly ServerFigures[]): string {
  const parts = servers.flatMap(({ name, othersPercent }) =>
    othersPercent === undefined ? [] : [`${othersPercent.toFixed(0)} % (${name})`],
  );
  return parts.length === 0 ? '' : `While the questions were asked, others took of the machine’s processors: ${parts.join(', ')}.`;
}

/** Who answers a question with more or less than we do has not done the same work. */
function answersThatDiffer(servers: readonly ServerFigures[], ours: ServerFigures): string[] {
  const different = servers.flatMap((server) =>
    QUESTION_IDS.flatMap((id) => {
      const [theirs, own] = [server.quiet[id]?.found, ours.quiet[id]?.found];
      return theirs === undefined || own === undefined || theirs === own
        ? []
        : [`${server.name} answers "${QUESTIONS[id].title}" with ${whole(theirs)}, Threadline with ${whole(own)}`];
    }),
  );
  return different.length === 0
    ? ['All answers have as many rows, matches or links as Threadline’s.']
    : [`${different.join('; ')}. All others are equal.`];
}

function formatUnderLoad({ whileIngesting, quiet, steady }: ServerFigures): string[] {
  const rows = QUESTION_IDS.flatMap((id) => {
    const [calm, busy] = [quiet[id], whileIngesting[id]];
    if (calm === undefined || busy === undefined) return [];
    return [
      [
        QUESTIONS[id].title,
        millis(calm.millis.median),
        millis(busy.millis.median),
        spreadText(busy.millis),
        ratio(busy.millis.median / calm.millis.median),
      ],
    ];
  });
  const rate = steady === undefined ? 'a steady rate' : `${whole(steady.recordsPerSecond)} logs a second`;
  return [`At ${rate}.`, '', ...table(['question', 'quiet, ms', 'while it ingests, ms', 'spread', 'ratio'], rows)];
}

function formatGrowth(large: NonNullable<BenchResults['large']>, small: ServerFigures | undefined): string[] {
  const rows = QUESTION_IDS.flatMap((id) => {
    const there = large.server.quiet[id];
    if (there === undefined) return [];
    const { title, isSelective } = QUESTIONS[id];
    const growth = small?.quiet[id] && there.millis.median / small.quiet[id].millis.median;
    const isTooMuch = isSelective && growth !== undefined && growth > MAX_GROWTH;
    const text = growth === undefined ? '' : ratio(growth);
    const busy = large.server.whileIngesting[id];
    return [
      [
        title,
        millis(there.millis.median),
        spreadText(there.millis),
        isTooMuch ? `**${text}**` : text,
        busy ? millis(busy.millis.median) : '–',
        whole(there.found),
      ],
    ];
  });
  return [
    formatMachine(large),
    `Data that were there already (\`--data\`): ${whole(large.logs)} logs, ${whole(large.spans)} spans.`,
    othersText([large.server]),
    `Restart to ready: ${millis(large.server.restartMillis.median)} ms (aim 1,000). Idle: ${(large.server.idlePercent ?? 0).toFixed(1)} % of a core.`,
    `Selective questions may take ${MAX_GROWTH} times as long as with the load above; what takes more is bold.`,
    '',
    ...table(['question', 'median, ms', 'spread', 'growth', 'while it ingests, ms', 'found'], rows),
  ];
}

function formatProfile(profile: NonNullable<BenchResults['profile']>): string[] {
  const micros = (profile.scriptCpuSeconds * 1_000_000) / Math.max(profile.logs + profile.spans, 1);
  return [
    ...formatFacts(profile),
    `What each function took itself of the ${micros.toFixed(1)} µs of processor time a record that the collector’s threads take which run JavaScript, from a load under`,
    'Node’s profiler, its start included. `(program)` is native code: system calls, compression. V8’s own helpers, which compile and mark, and the threads that',
    'compress and write are not in it.',
    '',
    ...table(
      ['function', '%', 'µs a record'],
      profile.lines.map(({ place, percent }) => [`\`${place}\``, percent.toFixed(1), ((percent / 100) * micros).toFixed(3)]),
    ),
  ];
}

function verdict({ aim, isBetter }: FigureRow, value: number | undefined): string {
  if (value === undefined) return '**not measured**';
  const factor = isBetter === 'more' ? value / aim : aim / value;
  return factor >= 1 ? 'met' : `**behind ${(1 / factor).toFixed(1)} times**`;
}

function wireBytes({ ingest }: ServerFigures): string {
  return [ingest.logs, ingest.spans].map((figures) => (figures === undefined ? '–' : figures.wireBytesARecord.toFixed(0))).join(' / ');
}

function refusals({ ingest }: ServerFigures): string {
  return whole((ingest.logs?.refusedRequests ?? 0) + (ingest.spans?.refusedRequests ?? 0));
}

function spreadText(spread: Spread | undefined): string {
  return spread === undefined ? '' : `${short(spread.min)}–${short(spread.max)} of ${spread.runs}`;
}

function withUnit(value: number, { unit }: FigureRow): string {
  return unit === '' ? short(value) : `${short(value)} ${unit}`;
}

function millis(value: number): string {
  return short(value);
}

function ratio(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)}×`;
}

function short(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : whole(value);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
