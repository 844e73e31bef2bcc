// @ts-check
import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process as Linux shows it. The pair of `pid` and `startedAt` names one process for good; a pid alone may come again.
 *
 * @typedef {object} ProcessEntry
 * @property {number} pid
 * @property {number} parent
 * @property {string} startedAt in clock ticks since the machine's start
 * @property {number} residentBytes
 */

/** On every Linux that Node runs on; /proc counts memory in these. */
const PAGE_BYTES = 4_096;

/**
 * A process and everything below it, itself first. Empty when it has ended, and where there is no /proc: callers then
 * have the process group alone.
 *
 * @param {number} pid
 * @returns {ProcessEntry[]}
 */
export function processTree(pid) {
  const all = listProcesses();
  const tree = all.filter((entry) => entry.pid === pid);
  // Grows while it is walked: a child's children are found when the walk comes to the child.
  for (const { pid: parent } of tree) tree.push(...all.filter((entry) => entry.parent === parent));
  return tree;
}

/**
 * Whether that very process still runs. One that has ended and waits to be collected does not.
 *
 * @param {ProcessEntry} entry
 */
export function isRunning({ pid, startedAt }) {
  return readProcess(pid)?.startedAt === startedAt;
}

/**
 * Sends a signal; that there is nobody to send it to any more is no fault.
 *
 * @param {number} pid negative: the process group of that number
 * @param {NodeJS.Signals} signal
 */
export function sendSignal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @returns {ProcessEntry[]} */
function listProcesses() {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry) => entry !== undefined);
}

/**
 * @param {number} pid
 * @returns {ProcessEntry | undefined}
 */
function readProcess(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended between the listing and now.
    return undefined;
  }
  return parseProcessStat(text);
}

/**
 * Reads the line of /proc/<pid>/stat (proc(5)). Undefined for a zombie.
 *
 * @param {string} text
 * @returns {ProcessEntry | undefined}
 */
export function parseProcessStat(text) {
  // The name is in parentheses and may have spaces and parentheses of its own.
  const nameEnd = text.lastIndexOf(')');
  const [state, parent, ...rest] = text
    .slice(nameEnd + 1)
    .trim()
    .split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  // rest[0] is field 5; starttime is field 22, rss field 24.
  const [startedAt = '', , residentPages = '0'] = rest.slice(17);
  return { pid: Number.parseInt(text, 10), parent: Number(parent), startedAt, residentBytes: Number(residentPages) * PAGE_BYTES };
}
