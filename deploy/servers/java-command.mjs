// @ts-check
import { join } from 'node:path';

/** From this version on Java keeps its class archive by itself. */
const FIRST_JDK_WITH_AUTOMATIC_ARCHIVE = 19;

/**
 * How to run a class of an assembly, as one small server on a shared machine: the garbage collector with the least
 * memory and threads, the quick compiler only, and the class archive that halves the time to ready from the second
 * start on.
 *
 * @param {import('./assemble.mjs').Assembly} assembly
 * @param {{ mainClass: string, heap: string, properties?: Record<string, string>, args?: readonly string[] }} options `heap`: as Java has it, `128m`
 * @returns {import('./server-process.mjs').Command}
 */
export function javaCommand({ directory, jdk }, { mainClass, heap, properties = {}, args = [] }) {
  const archive = ['-XX:+AutoCreateSharedArchive', `-XX:SharedArchiveFile=${join(directory, 'classes.jsa')}`, '-Xlog:cds*=off'];
  return {
    command: join(jdk.home, 'bin', 'java'),
    args: [
      `-Xmx${heap}`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...(jdk.version >= FIRST_JDK_WITH_AUTOMATIC_ARCHIVE ? archive : []),
      ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
      ...['-cp', join(directory, 'jars', '*'), mainClass, ...args],
    ],
  };
}
