// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Elasticsearch 9.5's class files are Java 21's. */
const OLDEST_JDK = 21;

/** What to tell a person on whose machine `findJdk` or `findMaven` finds nothing. */
export const WHAT_TO_INSTALL =
  `the Elasticsearch part needs Maven (mvn on the PATH) and a JDK of ${OLDEST_JDK} or newer with javac, ` +
  'in JAVA_HOME or under /usr/lib/jvm; Debian 12 has Maven but only JDK 17, so take a Temurin build (https://adoptium.net) ' +
  'or, from Debian 13 on, `apt-get install maven openjdk-21-jdk-headless`';

/** @typedef {{ home: string, version: number }} Jdk */

/**
 * The JDK to assemble and run Elasticsearch with: JAVA_HOME when it is new enough, else the newest one of the folder.
 * `java` on the PATH is not asked, as it often is an older one. Never throws: a folder that is no JDK is passed over.
 * @param {{ environment?: NodeJS.ProcessEnv, folder?: string, oldest?: number }} [options] `oldest`: for programs that need less
 * @returns {Jdk | undefined}
 */
export function findJdk({ environment = process.env, folder = '/usr/lib/jvm', oldest = OLDEST_JDK } = {}) {
  const chosen = environment.JAVA_HOME ? jdkAt(environment.JAVA_HOME, oldest) : undefined;
  if (chosen) return chosen;
  const homes = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return homes
    .map((home) => jdkAt(home, oldest))
    .filter((jdk) => jdk !== undefined)
    .sort((a, b) => b.version - a.version)[0];
}

/**
 * Whether Maven can be run.
 * @returns {boolean}
 */
export function findMaven() {
  return (process.env.PATH ?? '').split(':').some((directory) => directory !== '' && existsSync(join(directory, 'mvn')));
}

/**
 * @param {string} home
 * @param {number} oldest
 * @returns {Jdk | undefined}
 */
function jdkAt(home, oldest) {
  // A runtime without a compiler cannot assemble the node.
  if (!existsSync(join(home, 'bin', 'javac'))) return undefined;
  let output;
  try {
    output = execFileSync(join(home, 'bin', 'javac'), ['-version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch {
    return undefined;
  }
  const version = Number(/^javac (\d+)/.exec(output)?.[1] ?? 0);
  return version >= oldest ? { home, version } : undefined;
}
