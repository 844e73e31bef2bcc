/**
 * What a part came to. `notes` are lines for the person: why something was skipped, what to install.
 *
 * @typedef {object} PartResult
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notes
 */

/**
 * What a part needs to run.
 *
 * @typedef {object} PartContext
 * @property {NodeJS.ProcessEnv} env for every process of the part
 * @property {(text: string) => void} show what the tools print; held back by the caller until it is known to matter
 * @property {AbortSignal} signal ends the part and everything that it started
 * @property {string} workDirectory for reports; the part's own, removed afterwards
 */

/** @returns {PartResult} */
export function emptyResult() {
  return { passed: 0, failed: 0, skipped: 0, notes: [] };
}

/**
 * @param {readonly PartResult[]} results
 * @returns {PartResult}
 */
export function addResults(results) {
  const sum = emptyResult();
  for (const { passed, failed, skipped, notes } of results) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    sum.notes.push(...notes);
  }
  return sum;
}

/**
 * The closing line's form, which CI reads.
 *
 * @param {PartResult} result
 */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Where nothing may be left out (CI), what was skipped counts as failed.
 *
 * @param {PartResult} result
 * @returns {PartResult}
 */
export function forbidSkips(result) {
  if (result.skipped === 0) return result;
  const note = `${result.skipped} skipped, which CI=true does not allow`;
  return { ...result, failed: result.failed + result.skipped, skipped: 0, notes: [...result.notes, note] };
}
