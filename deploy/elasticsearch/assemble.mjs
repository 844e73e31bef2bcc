// @ts-check
import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findJdk, findMaven, WHAT_TO_INSTALL } from './find-jdk.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MODULE = 'transport-netty4';
/** The versions that tests run on, each with that of the logging that it was built with; the first is what `pom.xml` has. */
const ELASTICSEARCH_VERSIONS = /** @type {const} */ ({ '9.5.3': '2.26.1', '8.19.9': '2.19.0' });
/** @typedef {keyof typeof ELASTICSEARCH_VERSIONS} ElasticsearchVersion */
/** A lock whose owner is gone, or that is older than any download takes, is taken over. */
const LOCK_MAX_AGE_MILLIS = 10 * 60_000;
const run = promisify(execFile);

/** Where assembled nodes are kept: `ELASTICSEARCH_NODE_CACHE`, else `.cache/elasticsearch` of the checkout. */
export function cacheDirectory() {
  return process.env.ELASTICSEARCH_NODE_CACHE || join(HERE, '..', '..', '.cache', 'elasticsearch');
}

/**
 * Makes sure that an Elasticsearch node's files are there and answers where and with which JDK to run them. The first
 * call takes the jars from Maven Central (50 MB), later ones return at once. Any number of processes may call it at
 * the same time: one assembles, the others wait for it, and nobody sees half an assembly.
 *
 *     <cache>/<hash of pom and launcher, version, Java version>/
 *       jars/                        the server, its libraries and launcher.jar: the class path
 *       modules/transport-netty4/    the module's jars and descriptor
 *       lib/platform/<os>-<cpu>/     the system's zstd under the name that Elasticsearch looks for
 *
 * Throws with what to install when there is no JDK or no Maven.
 * @param {ElasticsearchVersion} [version]
 * @returns {Promise<{ directory: string, javaHome: string }>}
 */
export async function assembleElasticsearch(version = '9.5.3') {
  const jdk = findJdk();
  if (!jdk) throw new Error(WHAT_TO_INSTALL);
  const sources = ['pom.xml', 'ElasticsearchNode.java', 'assemble.mjs'].map((name) => readFileSync(join(HERE, name)));
  const hash = createHash('sha256').update(Buffer.concat(sources)).update(`${version} ${jdk.version}`).digest('hex').slice(0, 12);
  const cache = cacheDirectory();
  const directory = join(cache, hash);
  if (!existsSync(directory)) {
    mkdirSync(cache, { recursive: true });
    await withLock(`${directory}.lock`, async () => {
      if (!existsSync(directory)) await assembleInto(directory, { version, javaHome: jdk.home });
    });
  }
  return { directory, javaHome: jdk.home };
}

/**
 * @param {string} directory
 * @param {{ version: ElasticsearchVersion, javaHome: string }} what
 */
async function assembleInto(directory, { version, javaHome }) {
  if (!findMaven()) throw new Error(WHAT_TO_INSTALL);
  const unfinished = `${directory}.${randomUUID()}`;
  try {
    const jars = join(unfinished, 'jars');
    const module = join(unfinished, 'modules', MODULE);
    mkdirSync(jars, { recursive: true });
    mkdirSync(module, { recursive: true });
    const versions = [`-Dversion.elasticsearch=${version}`, `-Dversion.log4j=${ELASTICSEARCH_VERSIONS[version]}`];
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    await runOrExplain('mvn', ['-q', '-B', '-f', join(HERE, 'pom.xml'), goal, `-DoutputDirectory=${jars}`, ...versions]);
    for (const jar of readdirSync(jars)) {
      if (jar.startsWith(MODULE) || jar.startsWith('netty-')) renameSync(join(jars, jar), join(module, jar));
    }
    await describeModule(module, javaHome);
    linkZstd(unfinished);
    const classes = join(unfinished, 'classes');
    await runOrExplain(join(javaHome, 'bin', 'javac'), ['-cp', join(jars, '*'), '-d', classes, join(HERE, 'ElasticsearchNode.java')]);
    // A jar, since Java's class archive takes no folders.
    await runOrExplain(join(javaHome, 'bin', 'jar'), ['cf', join(jars, 'launcher.jar'), '-C', classes, '.']);
    rmSync(classes, { recursive: true });
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * The module's jar carries the descriptor and the policy that a distribution has beside it. Its `modulename` is left
 * out, as the server runs from the class path here.
 * @param {string} module
 * @param {string} javaHome
 */
async function describeModule(module, javaHome) {
  const jar = readdirSync(module).find((name) => name.startsWith(MODULE));
  if (!jar) throw new Error(`Maven delivered no ${MODULE} jar into ${module}`);
  const inside = `META-INF/es-plugins/${MODULE}`;
  await run(join(javaHome, 'bin', 'jar'), ['xf', join(module, jar), inside], { cwd: module });
  const descriptor = readFileSync(join(module, inside, 'plugin-descriptor.properties'), 'utf8');
  writeFileSync(join(module, 'plugin-descriptor.properties'), descriptor.replace(/^modulename=.*$/m, ''));
  renameSync(join(module, inside, 'entitlement-policy.yaml'), join(module, 'entitlement-policy.yaml'));
  rmSync(join(module, 'META-INF'), { recursive: true });
}

/**
 * Only the zstd codecs (`best_compression`, `logsdb`) need it; without it the node starts and refuses those.
 * @param {string} assembly
 */
function linkZstd(assembly) {
  if (process.platform !== 'linux') return;
  const library = ['/sbin/ldconfig', '/usr/sbin/ldconfig']
    .filter((path) => existsSync(path))
    .map((path) => /libzstd\.so\.1 .*=> (.+)$/m.exec(execFileSync(path, ['-p'], { encoding: 'utf8' }))?.[1])
    .find((path) => path !== undefined);
  if (!library) return;
  const platform = join(assembly, 'lib', 'platform', `linux-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`);
  mkdirSync(platform, { recursive: true });
  symlinkSync(library, join(platform, 'libzstd.so'));
}

/**
 * @param {string} command
 * @param {string[]} commandArguments
 */
async function runOrExplain(command, commandArguments) {
  try {
    await run(command, commandArguments, { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${command} failed while assembling Elasticsearch:\n${`${stdout}${stderr}`.slice(-4000)}`, { cause: error });
  }
}

/**
 * Runs `work` while no other process holds the lock, which is a folder, since making one either succeeds or fails whole.
 * @param {string} lock
 * @param {() => Promise<void>} work
 */
async function withLock(lock, work) {
  const owner = join(lock, 'pid');
  while (true) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (isAbandoned(lock, owner)) rmSync(lock, { recursive: true, force: true });
      else await setTimeout(200);
    }
  }
  try {
    writeFileSync(owner, String(process.pid));
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * @param {string} lock
 * @param {string} owner
 */
function isAbandoned(lock, owner) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_MAX_AGE_MILLIS) return true;
    if (!existsSync(owner)) return false;
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return false;
  } catch (error) {
    // The lock went away meanwhile: try again. ESRCH: its owner did.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
