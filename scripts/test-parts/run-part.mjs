import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emptyResult } from './part-result.mjs';

/** @typedef {import('./part-result.mjs').PartResult} PartResult */
/** @typedef {import('./parts.mjs').Part} Part */

/** Twice what the browser takes on a slow machine, and several times what any other part does; one that takes longer hangs and would hold up all after it. */
const PART_DEADLINE_MILLIS = 20 * 60_000;
/** Of one that runs only when it is named: those take minutes on a quiet machine already. */
const REQUESTED_PART_DEADLINE_MILLIS = 30 * 60_000;

/**
 * Runs one part. Never rejects: a part that crashes or hangs is a failure of one, with what it printed.
 *
 * @param {Part} part
 * @param {{ env: NodeJS.ProcessEnv, signal: AbortSignal, missing: ReadonlyMap<string, string>, stream: boolean }} options
 *   `stream`: show the tools' output as it comes, not only after a failure
 * @returns {Promise<PartResult & { output: string }>} `output`: what is still to be shown
 */
export async function runPart(part, { env, signal, missing, stream }) {
  const lacking = part.needs.flatMap((tool) => missing.get(tool) ?? []);
  if (lacking.length > 0) return { ...emptyResult(), skipped: 1, notes: lacking.map((advice) => `skipped: install ${advice}`), output: '' };
  let output = '';
  const show = (/** @type {string} */ text) => {
    if (stream) process.stdout.write(text);
    else output += text;
  };
  const deadlineMillis = part.onRequest ? REQUESTED_PART_DEADLINE_MILLIS : PART_DEADLINE_MILLIS;
  const deadline = AbortSignal.timeout(deadlineMillis);
  const workDirectory = await mkdtemp(path.join(tmpdir(), `threadline-${part.name}-`));
  try {
    const result = await part.run({ env, show, signal: AbortSignal.any([signal, deadline]), workDirectory });
    const notes = part.uses.flatMap((tool) => missing.get(tool) ?? []).map((advice) => `partly skipped: install ${advice}`);
    if (deadline.aborted) notes.push(`ended after ${deadlineMillis / 60_000} minutes`);
    return { ...result, notes: [...result.notes, ...notes], output: result.failed > 0 ? output : '' };
  } catch (error) {
    return { ...emptyResult(), failed: 1, notes: [String(error)], output };
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}
