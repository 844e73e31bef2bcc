import path from 'node:path';
import { capture } from '../workspace/child-process.mjs';
import { runGroup } from '../workspace/process-group.mjs';
import { NODE, ROOT } from '../workspace/repository.mjs';
import { emptyResult } from './part-result.mjs';

/** What the SDK's package may hold beside package.json. */
const PUBLISHED = /^(package\.json|README\.md|LICENSE|dist\/third-party-licenses\.txt|dist\/.*\.(js|cjs|d\.ts|d\.cts)(\.map)?)$/;

/**
 * The SDK as npm would publish it: its exports resolve for every kind of importer, its types fit its code, and it holds
 * nothing but what a user needs.
 *
 * @param {import('./part-result.mjs').PartContext} context
 */
export async function checkPackage({ env, show, signal }) {
  const directory = path.join(ROOT, 'sdk');
  const tool = (/** @type {string} */ file) => path.join(ROOT, 'node_modules', file);
  const options = { cwd: directory, env, signal, onOutput: show };
  const result = emptyResult();
  const checks = [
    runGroup(NODE, [tool('publint/src/cli.js'), 'run', '.', '--strict'], options),
    // ESM alone: Node loads it with require() since 22.12, below which the package does not install.
    runGroup(NODE, [tool('@arethetypeswrong/cli/dist/index.js'), '--pack', '.', '--profile', 'esm-only'], options),
    checkFiles(directory, env, show),
  ];
  for (const exitCode of await Promise.all(checks)) result[exitCode === 0 ? 'passed' : 'failed'] += 1;
  return result;
}

/**
 * @param {string} directory
 * @param {NodeJS.ProcessEnv} env
 * @param {(text: string) => void} show
 * @returns {Promise<number>}
 */
async function checkFiles(directory, env, show) {
  const { exitCode, output } = await capture('npm', ['pack', '--dry-run', '--json', '--loglevel=silent'], { cwd: directory, env });
  if (exitCode !== 0) {
    show(output);
    return exitCode;
  }
  /** @type {unknown} */
  const packed = JSON.parse(output);
  const paths = packedPaths(packed);
  const foreign = paths.filter((file) => !PUBLISHED.test(file) || /\.test\./.test(file));
  if (foreign.length === 0 && paths.includes('dist/index.js')) return 0;
  show(`the package of ${directory} holds what it should not, or lacks dist/index.js: ${foreign.join(', ')}\n`);
  return 1;
}

/**
 * npm answers a list of packages, from npm 12 on an object by package name.
 *
 * @param {unknown} packed
 * @returns {string[]}
 */
function packedPaths(packed) {
  const [first] = Object.values(packed ?? {});
  return (first?.files ?? []).map((/** @type {{ path: string }} */ file) => file.path);
}
