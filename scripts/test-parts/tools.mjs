import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findJdk } from '../../deploy/elasticsearch/find-jdk.mjs';
import { installDebianPackages } from '../../deploy/servers/debian-packages.mjs';
import { findProgram } from '../../deploy/servers/find-program.mjs';

/**
 * A program that npm cannot install.
 *
 * @typedef {object} Tool
 * @property {() => Promise<boolean>} find
 * @property {readonly string[]} aptPackages empty where Debian 12 does not have it
 * @property {string} advice what to install by hand
 */

/** @typedef {'jdk' | 'maven' | 'chromium' | 'nginx' | 'haproxy' | 'rsyslog' | 'compilers'} ToolName */

/** @type {Record<ToolName, Tool>} */
const TOOLS = {
  jdk: {
    find: async () => (await findJdk()) !== undefined,
    aptPackages: [],
    advice: 'a JDK of 21 or newer (set JAVA_HOME or put it under /usr/lib/jvm) for the Elasticsearch tests',
  },
  maven: { find: async () => findProgram('mvn') !== undefined, aptPackages: ['maven'], advice: 'Maven (mvn) for the Elasticsearch tests' },
  chromium: {
    find: async () => findProgram('chromium', 'chromium-browser', 'google-chrome') !== undefined,
    // Without a font of its own Chromium draws no text, which the screenshots need.
    aptPackages: ['chromium', 'fonts-dejavu-core'],
    advice: 'Chromium for the browser tests',
  },
  nginx: {
    find: async () => findProgram('nginx') !== undefined && findProgram('envsubst') !== undefined,
    aptPackages: ['nginx-light', 'gettext-base'],
    advice: 'nginx and envsubst (of gettext) for the tests of gateways',
  },
  haproxy: {
    find: async () => findProgram('haproxy') !== undefined,
    aptPackages: ['haproxy'],
    advice: 'HAProxy for the tests of gateways',
  },
  rsyslog: {
    find: async () => findProgram('rsyslogd') !== undefined && (await hasRsyslogOutput()),
    aptPackages: ['rsyslog', 'rsyslog-elasticsearch'],
    advice: 'rsyslog with its module omelasticsearch for the tests of gateways',
  },
  compilers: {
    find: async () => ['g++', 'make', 'python3'].every((name) => findProgram(name) !== undefined) && existsSync('/usr/include/zlib.h'),
    aptPackages: ['g++', 'make', 'python3-pip', 'zlib1g-dev', 'libssl-dev'],
    advice: 'g++, make, Python with pip, and the headers of zlib and OpenSSL to compile Confluent’s Kafka client',
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
  await installDebianPackages(packages, report);
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

/** Where Debian has it on any of its machines. */
async function hasRsyslogOutput() {
  const directories = await readdir('/usr/lib').catch(() => []);
  return directories.some((directory) => existsSync(path.join('/usr/lib', directory, 'rsyslog/omelasticsearch.so')));
}
