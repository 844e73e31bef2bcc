// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { assembleElasticsearch } from './assemble.mjs';

const READY_TIMEOUT_MILLIS = 120_000;
/** A node that does not end by itself in this time is killed. */
const STOP_TIMEOUT_MILLIS = 30_000;

/**
 * @typedef {object} ElasticsearchOptions
 * @property {string} directory Holds config, data and log of this node; a second start on it continues with its data.
 * @property {import('./assemble.mjs').ElasticsearchVersion} [version] `9.5.3` by default.
 * @property {string} [name] The node's name in its cluster; `node-1` by default.
 * @property {number} [httpPort] 0, the default: the system chooses.
 * @property {number} [transportPort] 0, the default: the system chooses.
 * @property {string[]} [seeds] `transportAddress` of other nodes: joins (or, with `initialMasters`, forms) their cluster.
 * @property {string[]} [initialMasters] Names of the nodes that form a new cluster; the first node of one names itself.
 * @property {string} [heap] Of the Java machine, `512m` by default.
 * @property {boolean} [runsForLong] Compiles itself to the last, as a node does that stays. Without it the quick compiler alone is used: a node that
 *   lives for some minutes spends a fifth to a half less processor time.
 * @property {Record<string, string | number | boolean>} [settings] More lines of elasticsearch.yml.
 * @property {'ignore' | 'inherit'} [output] Where the node's log goes beside its file.
 */

/**
 * @typedef {object} ElasticsearchNode
 * @property {string} url
 * @property {number} httpPort
 * @property {number} transportPort
 * @property {string} transportAddress For the `seeds` of further nodes.
 * @property {number} pid
 * @property {string} logFile
 * @property {Promise<void>} exited Resolves when the process has ended, for whatever reason.
 * @property {() => Promise<void>} stop Ends the node in order; resolves when the process is gone. Safe to repeat.
 * @property {() => Promise<void>} kill SIGKILL, as a power cut would; resolves when the process is gone. Safe to repeat.
 */

/**
 * Starts a real Elasticsearch node and resolves once it answers searches. It ends with this process, also when that
 * is killed. Throws with the end of its log when it does not come up.
 * @param {ElasticsearchOptions} options
 * @returns {Promise<ElasticsearchNode>}
 */
export async function startElasticsearch(options) {
  const assembly = await assembleElasticsearch(options.version);
  const home = resolve(options.directory);
  prepareHome(home, assembly.directory, options);
  const logFile = join(home, 'logs', 'node.log');
  const log = openSync(logFile, 'a');
  const output = options.output === 'inherit' ? 'inherit' : log;
  const child = spawn(join(assembly.javaHome, 'bin', 'java'), javaArguments(home, assembly.directory, options), {
    cwd: home,
    stdio: ['pipe', output, output],
  });
  closeSync(log);
  const exited = once(child, 'exit').then(() => undefined);
  const end = endWith(child, exited);
  try {
    const { httpPort, transportPort } = await whenReady(home, child);
    return {
      url: `http://127.0.0.1:${httpPort}`,
      httpPort,
      transportPort,
      transportAddress: `127.0.0.1:${transportPort}`,
      pid: child.pid ?? 0,
      logFile,
      exited,
      stop: () => end('SIGTERM'),
      kill: () => end('SIGKILL'),
    };
  } catch (error) {
    await end('SIGKILL');
    const tail = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-4000) : '';
    throw new Error(`Elasticsearch did not start in ${home}: ${error instanceof Error ? error.message : error}\n${tail}`, { cause: error });
  }
}

/**
 * Starts `size` nodes that form one cluster, below `directory`, and resolves when all have joined.
 * @param {{ directory: string, size: number, heap?: string }} options
 * @returns {Promise<ElasticsearchNode[]>}
 */
export async function startElasticsearchCluster({ directory, size, ...options }) {
  const nodes = [await startElasticsearch({ ...options, directory: join(directory, 'node-1'), initialMasters: ['node-1'] })];
  const seeds = nodes.map((node) => node.transportAddress);
  try {
    for (let number = 2; number <= size; number++) {
      const name = `node-${number}`;
      nodes.push(await startElasticsearch({ ...options, directory: join(directory, name), name, seeds }));
    }
    await fetch(`${nodes[0]?.url}/_cluster/health?wait_for_nodes=${size}&timeout=60s`);
    return nodes;
  } catch (error) {
    await Promise.all(nodes.map((node) => node.kill()));
    throw error;
  }
}

/**
 * @param {string} home
 * @param {string} assembly
 * @param {ElasticsearchOptions} options
 */
function prepareHome(home, assembly, options) {
  for (const name of ['config', 'plugins', 'logs']) mkdirSync(join(home, name), { recursive: true });
  for (const name of ['modules', 'lib']) {
    rmSync(join(home, name), { force: true });
    if (existsSync(join(assembly, name))) symlinkSync(join(assembly, name), join(home, name));
  }
  for (const name of ['http', 'transport']) rmSync(portsFile(home, name), { force: true });
  /** @type {Record<string, unknown>} */
  const settings = {
    'cluster.name': 'threadline',
    'node.name': options.name ?? 'node-1',
    'node.portsfile': true,
    'network.host': '127.0.0.1',
    'http.port': options.httpPort ?? 0,
    'transport.port': options.transportPort ?? 0,
    // A developer's disk is often nearly full, which says nothing about this node.
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...(options.seeds || options.initialMasters ? {} : { 'discovery.type': 'single-node' }),
    ...(options.seeds ? { 'discovery.seed_hosts': options.seeds } : {}),
    ...(options.initialMasters ? { 'cluster.initial_master_nodes': options.initialMasters } : {}),
    ...options.settings,
  };
  // JSON values are YAML values.
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(home, 'config', 'elasticsearch.yml'), lines.join(''));
  writeFileSync(
    join(home, 'config', 'log4j2.properties'),
    `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
`,
  );
}

/**
 * @param {string} home
 * @param {string} assembly
 * @param {ElasticsearchOptions} options
 */
function javaArguments(home, assembly, { heap = '512m', runsForLong = false }) {
  return [
    `-Xms${heap}`,
    `-Xmx${heap}`,
    // One small node on a shared machine: the collector with the least memory and threads of its own.
    '-XX:+UseSerialGC',
    ...(runsForLong ? [] : ['-XX:TieredStopAtLevel=1']),
    // The class archive halves the time to ready from the second start on.
    '-XX:+AutoCreateSharedArchive',
    `-XX:SharedArchiveFile=${join(assembly, 'classes.jsa')}`,
    '-Xlog:cds=off',
    '-Xlog:cds+dynamic=off',
    '--add-modules=jdk.incubator.vector',
    '--enable-native-access=ALL-UNNAMED',
    // The vector library is part of the distribution only.
    '-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false',
    '-Dio.netty.allocator.numDirectArenas=0',
    '-Dthreadline.follow-stdin=true',
    `-Des.path.home=${home}`,
    '-cp',
    join(assembly, 'jars', '*'),
    'ElasticsearchNode',
    home,
  ];
}

/**
 * @param {string} home
 * @param {import('node:child_process').ChildProcess} child
 */
async function whenReady(home, child) {
  const deadline = Date.now() + READY_TIMEOUT_MILLIS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the process ended (${child.exitCode ?? child.signalCode})`);
    const httpPort = portIn(portsFile(home, 'http'));
    const transportPort = portIn(portsFile(home, 'transport'));
    if (httpPort !== undefined && transportPort !== undefined && (await answers(httpPort))) return { httpPort, transportPort };
    await setTimeout(50);
  }
  throw new Error(`not ready after ${READY_TIMEOUT_MILLIS / 1000} s`);
}

/**
 * @param {number} port
 */
async function answers(port) {
  try {
    const health = await fetch(`http://127.0.0.1:${port}/_cluster/health?wait_for_status=yellow&timeout=5s`, {
      signal: AbortSignal.timeout(10_000),
    });
    await health.arrayBuffer();
    return health.ok;
  } catch {
    return false;
  }
}

/**
 * @param {string} home
 * @param {string} name
 */
function portsFile(home, name) {
  return join(home, 'logs', `${name}.ports`);
}

/**
 * @param {string} file
 */
function portIn(file) {
  if (!existsSync(file)) return undefined;
  const port = /127\.0\.0\.1:(\d+)/.exec(readFileSync(file, 'utf8'))?.[1];
  return port === undefined ? undefined : Number(port);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<void>} exited
 * @returns {(signal: 'SIGTERM' | 'SIGKILL') => Promise<void>}
 */
function endWith(child, exited) {
  return async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const ended = await Promise.race([exited.then(() => true), setTimeout(STOP_TIMEOUT_MILLIS, false, { ref: false })]);
    if (!ended) {
      child.kill('SIGKILL');
      await exited;
    }
  };
}
