import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runGroup } from '../workspace/process-group.mjs';
import { NODE, ROOT } from '../workspace/repository.mjs';
import { readPlaywrightReport, readVitestReport } from './read-report.mjs';

/** @typedef {import('./part-result.mjs').PartContext} PartContext */

/**
 * Runs the Vitest project of that name.
 *
 * @param {string} project
 */
export function vitest(project) {
  return async (/** @type {PartContext} */ { env, show, signal, workDirectory }) => {
    const report = path.join(workDirectory, 'vitest.json');
    const script = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const args = [script, 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const exitCode = await runGroup(NODE, args, { cwd: ROOT, env, signal, onOutput: show });
    return readVitestReport(await readText(report), exitCode);
  };
}

/**
 * Runs the Playwright tests of a configuration file, or of one project of it.
 *
 * @param {string} config
 * @param {string} [project]
 */
export function playwright(config, project) {
  return async (/** @type {PartContext} */ { env, show, signal, workDirectory }) => {
    const report = path.join(workDirectory, 'playwright.json');
    const script = path.join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js');
    const args = [script, 'test', '-c', path.join(ROOT, config), '--reporter=list,json', ...(project ? ['--project', project] : [])];
    const environment = { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
    const exitCode = await runGroup(NODE, args, { cwd: ROOT, env: environment, signal, onOutput: show });
    return readPlaywrightReport(await readText(report), exitCode);
  };
}

/** @param {string} file */
async function readText(file) {
  return readFile(file, 'utf8').catch(() => undefined);
}
