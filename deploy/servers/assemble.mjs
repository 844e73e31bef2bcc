// @ts-check
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from '../../scripts/workspace/child-process.mjs';
import { withLock } from '../../scripts/workspace/lock.mjs';
import { findJdk, findMaven } from '../elasticsearch/find-jdk.mjs';
import { HOW_TO_INSTALL, OLDEST_JDK_OF_SERVERS } from './how-to-install.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const MONGO_LAUNCHER = 'MongoServerLauncher.java';
/** Any 16 bytes do: each node is a cluster of its own. */
const KAFKA_CLUSTER_ID = 'dGhyZWFkbGluZS10ZXN0cw';
const STAMP = 'jdk.json';
const OUTPUT_TAIL_CHARACTERS = 4_000;

/** @typedef {'kafka' | 'elasticmq' | 'mongo'} JavaServer */
/** @typedef {import('../elasticsearch/find-jdk.mjs').Jdk} Jdk */
/** @typedef {{ directory: string, jdk: Jdk }} Assembly */

/** @type {Jdk | undefined} */
let foundJdk;

/** Where jars are kept: `THREADLINE_SERVERS_CACHE`, else `.cache/servers` of the checkout. Safe to delete. */
export function serversCache() {
  return process.env.THREADLINE_SERVERS_CACHE || join(HERE, '..', '..', '.cache', 'servers');
}

/**
 * The JDK to run servers with. The first call is slow, since it asks each one for its version.
 *
 * @returns {Jdk | undefined}
 */
export function findServersJdk() {
  foundJdk ??= findJdk({ oldest: OLDEST_JDK_OF_SERVERS });
  return foundJdk;
}

/**
 * The assembly of a server if it is there already, with a JDK that still is. Quick: it looks at a few files.
 *
 * @param {JavaServer} name
 * @returns {Assembly | undefined}
 */
export function findAssembly(name) {
  const directory = assemblyDirectory(name);
  const stamp = join(directory, STAMP);
  if (!existsSync(stamp)) return undefined;
  /** @type {Jdk} */
  const jdk = JSON.parse(readFileSync(stamp, 'utf8'));
  return existsSync(join(jdk.home, 'bin', 'java')) ? { directory, jdk } : undefined;
}

/**
 * Makes sure that a server's jars are there and answers where and with which JDK to run them. The first call takes them
 * from Maven Central (3 to 44 MB each), later ones return at once. Any number of processes may call it at the same time:
 * one assembles, the others wait, and nobody sees half an assembly.
 *
 *     <cache>/<server>-<hash of what it is made from, JAVA_HOME>/
 *       jars/          the class path; MongoDB's has launcher.jar
 *       formatted/     Kafka: what every node's data begin with
 *       classes.jsa    Java's class archive, which the first server that stops leaves here
 *       jdk.json       the JDK that it was made and is run with
 *
 * Throws with what to install when there is no JDK or no Maven.
 *
 * @param {JavaServer} name
 * @returns {Promise<Assembly>}
 */
export async function assembleServer(name) {
  // One for all: Maven's own store of jars is not made for two at a time.
  const lock = { file: join(serversCache(), 'assemble.lock'), onWait: () => undefined };
  return findAssembly(name) ?? withLock(lock, async () => findAssembly(name) ?? assemble(name));
}

/** @param {JavaServer} name */
function assemblyDirectory(name) {
  const sources = [`${name}.pom.xml`, 'assemble.mjs', ...(name === 'mongo' ? [MONGO_LAUNCHER] : [])];
  const hash = createHash('sha256').update(process.env.JAVA_HOME ?? '');
  for (const source of sources) hash.update(readFileSync(join(HERE, source)));
  return join(serversCache(), `${name}-${hash.digest('hex').slice(0, 12)}`);
}

/**
 * @param {JavaServer} name
 * @returns {Promise<Assembly>}
 */
async function assemble(name) {
  const jdk = findServersJdk();
  if (!jdk || !findMaven()) throw new Error(`${name} is not installed: install ${HOW_TO_INSTALL[name].advice}`);
  const directory = assemblyDirectory(name);
  const unfinished = `${directory}.${randomUUID()}`;
  try {
    const jars = join(unfinished, 'jars');
    mkdirSync(jars, { recursive: true });
    const options = [`-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
    await runOrExplain('mvn', ['-q', '-B', '-f', join(HERE, `${name}.pom.xml`), COPY_JARS, ...options]);
    if (name === 'mongo') await compileLauncher(unfinished, jars, jdk.home);
    if (name === 'kafka') await formatKafka(unfinished, jars, jdk.home);
    writeFileSync(join(unfinished, STAMP), JSON.stringify(jdk));
    // One that is in the way was made for a JDK that is gone.
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
    return { directory, jdk };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * @param {string} unfinished
 * @param {string} jars
 * @param {string} javaHome
 */
async function compileLauncher(unfinished, jars, javaHome) {
  const classes = join(unfinished, 'classes');
  await runOrExplain(join(javaHome, 'bin', 'javac'), ['-cp', join(jars, '*'), '-d', classes, join(HERE, MONGO_LAUNCHER)]);
  // A jar, since Java's class archive takes no folders.
  await runOrExplain(join(javaHome, 'bin', 'jar'), ['cf', join(jars, 'launcher.jar'), '-C', classes, '.']);
  rmSync(classes, { recursive: true });
}

/**
 * A node's data must be formatted before its first start, by a Java machine of its own. Done here once, since nothing in
 * the result is of one node: the quorum is named in each node's configuration.
 *
 * @param {string} unfinished
 * @param {string} jars
 * @param {string} javaHome
 */
async function formatKafka(unfinished, jars, javaHome) {
  const configuration = join(unfinished, 'format.properties');
  const listener = 'CONTROLLER://127.0.0.1:9093';
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `log.dirs=${join(unfinished, 'formatted')}`,
    'controller.listener.names=CONTROLLER',
  ];
  lines.push(`listeners=PLAINTEXT://127.0.0.1:9092,${listener}`, 'controller.quorum.voters=1@127.0.0.1:9093');
  lines.push('listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT');
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', KAFKA_CLUSTER_ID, '--config', configuration];
  await runOrExplain(join(javaHome, 'bin', 'java'), ['-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), ...tool]);
  rmSync(configuration);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function runOrExplain(command, args) {
  const { exitCode, output } = await capture(command, args);
  if (exitCode === 0) return;
  throw new Error(`${command} failed with exit code ${exitCode} while assembling a server:\n${output.slice(-OUTPUT_TAIL_CHARACTERS)}`);
}
