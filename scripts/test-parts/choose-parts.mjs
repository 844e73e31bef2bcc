import { parseArgs } from 'node:util';
import { Stop } from '../workspace/stop.mjs';

/**
 * The parts that the command line asks for, in the order of `parts`; when it names none, all but those that run on request only.
 *
 * @template {{ readonly name: string, readonly onRequest?: boolean }} P
 * @param {readonly string[]} args as `['--part', 'unit']`
 * @param {readonly P[]} parts
 * @returns {readonly P[]}
 */
export function chooseParts(args, parts) {
  const known = parts.map(({ name }) => name);
  const wanted = parseNames(args, known);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Stop(`there is no part ${unknown.join(', ')}; the parts are ${known.join(', ')}`);
  return wanted.length === 0 ? parts.filter(({ onRequest }) => !onRequest) : parts.filter(({ name }) => wanted.includes(name));
}

/**
 * The parts by what runs at the same time, in their order.
 *
 * @template {{ readonly besideLast?: boolean }} P
 * @param {readonly P[]} parts
 * @returns {readonly (readonly P[])[]}
 */
export function groupParts(parts) {
  /** @type {P[][]} */
  const groups = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (part.besideLast && last) last.push(part);
    else groups.push([part]);
  }
  return groups;
}

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} known
 */
function parseNames(args, known) {
  try {
    return parseArgs({ args: [...args], options: { part: { type: 'string', multiple: true } } }).values.part ?? [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('.')[0] : String(error);
    throw new Stop(`${reason}; the usage is npm test -- --part NAME, more than once if need be, with ${known.join(', ')}`);
  }
}
