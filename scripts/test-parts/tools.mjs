import { access, constants, readdir } from 'node:fs/promises';
import path from 'node:path';
import { findJdk } from '../../deploy/elasticsearch/find-jdk.mjs';
import { withoutAutostart } from '../../deploy/servers/install.mjs';
import { capture } from '../workspace/child-process.mjs';

/**
 * A program that npm cannot install.
 *
 * @typedef {object} Tool
 * @property {() => Promise<boolean>} find
 * @property {readonly string[]} aptPackages empty where Debian 12 does not have it
 * @property {string} advice what to install by hand
 */

/** @typedef {'jdk' | 'maven' | 'chromium' | 'nginx' | 'haproxy' | 'rsyslog'} ToolName */

/** @type {Record<ToolName, Tool>} */
const TOOLS = {
  jdk: {
    find: async () => (await findJdk()) !== undefined,
    aptPackages: [],
    advice: 'a JDK of 21 or newer (set JAVA_HOME or put it under /usr/lib/jvm) for the Elasticsearch tests',
  },
  maven: { find: () => isOnPath(['mvn']), aptPackages: ['maven'], advice: 'Maven (mvn) for the Elasticsearch tests' },
  chromium: {
    find: () => isOnPath(['chromium', 'chromium-browser', 'google-chrome']),
    // Without a font of its own Chromium draws no text, which the screenshots need.
    aptPackages: ['chromium', 'fonts-dejavu-core'],
    advice: 'Chromium for the browser tests',
  },
  nginx: { find: () => isOnPath(['nginx']), aptPackages: ['nginx-light'], advice: 'nginx for the tests of gateways' },
  haproxy: { find: () => isOnPath(['haproxy']), aptPackages: ['haproxy'], advice: 'HAProxy for the tests of gateways' },
  rsyslog: {
    find: async () => (await isOnPath(['rsyslogd'])) && (await hasRsyslogOutput()),
    aptPackages: ['rsyslog', 'rsyslog-elasticsearch'],
    advice: 'rsyslog with its module omelasticsearch for the tests of gateways',
  },
};

/**
 * Which of the tools are not there, each with what to install. Where we are root and apt is at hand, they are installed
 * first, except what Debian does not have.
 *
 * @param {Iterable<ToolName>} names
 * @param {(line: string) => void} report
 * @returns {Promise<Map<ToolName, string>>} the advice by tool; empty when all are there
 */
export async function ensureTools(names, report) {
  const missing = await findMissing(names);
  const packages = [...missing].flatMap((name) => TOOLS[name].aptPackages);
  if (packages.length > 0 && process.getuid?.() === 0 && (await isOnPath(['apt-get']))) {
    report(`installing ${packages.join(', ')} with apt …`);
    const failure = await withoutAutostart(() => installWithApt(packages));
    if (failure !== undefined) report(failure);
  }
  return new Map([...(await findMissing(missing))].map((name) => [name, TOOLS[name].advice]));
}

/**
 * @param {Iterable<ToolName>} names
 * @returns {Promise<Set<ToolName>>}
 */
async function findMissing(names) {
  /** @type {Set<ToolName>} */
  const missing = new Set();
  for (const name of names) if (!(await TOOLS[name].find())) missing.add(name);
  return missing;
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<string | undefined>} what went wrong
 */
async function installWithApt(packages) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { exitCode, output } = await capture('apt-get', ['--quiet', ...args], options);
    if (exitCode !== 0) return `apt-get ${args.join(' ')} failed with exit code ${exitCode}:\n${output}`;
  }
  return undefined;
}

/** Where Debian has it on any of its machines. */
async function hasRsyslogOutput() {
  const directories = await readdir('/usr/lib').catch(() => []);
  for (const directory of directories) {
    if (await isThere(path.join('/usr/lib', directory, 'rsyslog/omelasticsearch.so'), constants.R_OK)) return true;
  }
  return false;
}

/**
 * @param {readonly string[]} names any of them will do
 * @returns {Promise<boolean>}
 */
async function isOnPath(names) {
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) {
      if (directory !== '' && (await isThere(path.join(directory, name), constants.X_OK))) return true;
    }
  }
  return false;
}

/**
 * @param {string} file
 * @param {number} mode of `constants`: what may be done with it
 * @returns {Promise<boolean>}
 */
async function isThere(file, mode) {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
