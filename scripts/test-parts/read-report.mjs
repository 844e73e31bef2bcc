import { emptyResult } from './part-result.mjs';

/** @typedef {import('./part-result.mjs').PartResult} PartResult */

/**
 * Counts from Vitest's JSON report (Jest's form: a file that could not be loaded is a failed suite without tests).
 * A runner that crashed, wrote no report or ended with an error that no test accounts for is one failure more, so
 * that nothing that went wrong can look like a pass.
 *
 * @param {string | undefined} text the report; undefined when there is none
 * @param {number} exitCode the runner's
 * @returns {PartResult}
 */
export function readVitestReport(text, exitCode) {
  const result = emptyResult();
  for (const suite of parse(text)?.testResults ?? []) {
    const before = result.failed;
    for (const { status } of suite.assertionResults ?? []) {
      if (status === 'passed') result.passed += 1;
      else if (status === 'failed') result.failed += 1;
      else result.skipped += 1;
    }
    if (suite.status === 'failed' && result.failed === before) result.failed += 1;
  }
  return accountForExit(result, exitCode);
}

/**
 * Counts from Playwright's JSON report. A test that passed only when it was tried again counts as failed.
 *
 * @param {string | undefined} text
 * @param {number} exitCode
 * @returns {PartResult}
 */
export function readPlaywrightReport(text, exitCode) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = parse(text)?.stats ?? {};
  return accountForExit({ ...emptyResult(), passed: expected, failed: unexpected + flaky, skipped }, exitCode);
}

/**
 * @param {PartResult} result
 * @param {number} exitCode
 * @returns {PartResult}
 */
function accountForExit(result, exitCode) {
  if (result.failed > 0) return result;
  if (exitCode !== 0) return { ...result, failed: 1, notes: [`the runner ended with exit code ${exitCode}`] };
  if (result.passed + result.skipped === 0) return { ...result, failed: 1, notes: ['no test ran'] };
  return result;
}

/** @param {string | undefined} text */
function parse(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
