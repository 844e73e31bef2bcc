// @ts-check
import { join } from 'node:path';
import { withLock } from '../../scripts/workspace/lock.mjs';
import { findMaven } from '../elasticsearch/find-jdk.mjs';
import { assembleServer, findAssembly, findServersJdk, serversCache } from './assemble.mjs';
import { installDebianPackages } from './debian-packages.mjs';
import { HOW_TO_INSTALL } from './how-to-install.mjs';
import { findMariadb } from './mariadb.mjs';
import { findPostgres } from './postgres.mjs';
import { findRabbitmq } from './rabbitmq.mjs';
import { findRedis } from './redis.mjs';

/** @typedef {import('./how-to-install.mjs').ServerName} ServerName */

/**
 * @typedef {object} Availability
 * @property {readonly ServerName[]} available
 * @property {ReadonlyMap<ServerName, string>} missing what to install, to be put after the word "install"
 */

/**
 * @typedef {object} Installation
 * @property {() => boolean} isReady quick
 * @property {() => boolean} hasPrograms whether what the system must bring is there
 * @property {() => Promise<unknown>} [assemble] makes it ready once the programs are there
 */

/** @type {Readonly<Record<ServerName, Installation>>} */
const INSTALLATIONS = {
  redis: ofProgram(findRedis),
  rabbitmq: ofProgram(findRabbitmq),
  postgres: ofProgram(findPostgres),
  mariadb: ofProgram(findMariadb),
  kafka: ofJars('kafka'),
  elasticmq: ofJars('elasticmq'),
  mongo: ofJars('mongo'),
};

/**
 * Makes the named servers ready to be started, as far as this machine allows: as root with apt at hand Debian's packages
 * are installed (and none of them starts anything), and jars come from Maven Central into `.cache/servers`. Quick when
 * all are there; one process installs at a time. Never rejects for what cannot be had: that is in the answer.
 *
 * @param {Iterable<ServerName>} names
 * @param {(line: string) => void} report progress and what went wrong, one line a step
 * @returns {Promise<Availability>}
 */
export async function ensureServers(names, report) {
  const wanted = [...new Set(names)];
  const missing = () => wanted.filter((name) => !INSTALLATIONS[name].isReady());
  if (missing().length > 0) {
    const onWait = (/** @type {number} */ pid) => report(`waiting for process ${pid}, which installs servers …`);
    await withLock({ file: join(serversCache(), 'install.lock'), onWait }, async () => {
      await installPackages(missing(), report);
      for (const name of missing()) await assemble(name, report);
    });
  }
  const left = missing();
  return {
    available: wanted.filter((name) => !left.includes(name)),
    missing: new Map(left.map((name) => [name, HOW_TO_INSTALL[name].advice])),
  };
}

/**
 * @param {() => string | undefined} find
 * @returns {Installation}
 */
function ofProgram(find) {
  const isThere = () => find() !== undefined;
  return { isReady: isThere, hasPrograms: isThere };
}

/**
 * @param {import('./assemble.mjs').JavaServer} name
 * @returns {Installation}
 */
function ofJars(name) {
  return {
    isReady: () => findAssembly(name) !== undefined,
    hasPrograms: () => findMaven() && findServersJdk() !== undefined,
    assemble: () => assembleServer(name),
  };
}

/**
 * @param {ServerName} name
 * @param {(line: string) => void} report
 */
async function assemble(name, report) {
  const installation = INSTALLATIONS[name];
  if (installation.assemble === undefined || !installation.hasPrograms()) return;
  report(`fetching the jars of ${name} …`);
  await installation.assemble().catch((error) => report(String(error)));
}

/**
 * @param {readonly ServerName[]} names
 * @param {(line: string) => void} report
 */
async function installPackages(names, report) {
  const packages = [
    ...new Set(names.filter((name) => !INSTALLATIONS[name].hasPrograms()).flatMap((name) => HOW_TO_INSTALL[name].aptPackages)),
  ];
  await installDebianPackages(packages, report);
}
