import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { capture } from './child-process.mjs';
import { NODE, ROOT } from './repository.mjs';
import { Stop } from './stop.mjs';

/** The major version that the package `node` is pinned to. */
const NODE_MAJOR = 24;

/**
 * npm's settings of the command that started us, which must not reach the install that we start: with `npm --prefix`,
 * for one, the package `node` would put its binary into the prefix instead of beside itself.
 */
const NOT_INHERITED =
  /^npm_config_(prefix|local_prefix|workspaces?|include_workspace_root|global|location|omit|include|only|also|dev|production|dry_run|package_lock(_only)?|save.*)$/i;

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [link]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 */
/** @typedef {Record<string, LockedPackage>} LockedPackages */

/**
 * Why `node_modules` is not what package-lock.json asks for; undefined when it is. npm writes its own record of what it
 * installed as its last step, so an interrupted install is seen too, and so is one without development dependencies.
 *
 * @param {LockedPackages} wanted
 * @param {LockedPackages | undefined} installed
 * @returns {string | undefined}
 */
export function staleReason(wanted, installed) {
  if (installed === undefined) return 'node_modules is missing';
  for (const [name, want] of Object.entries(wanted)) {
    if (name === '') continue;
    const have = installed[name];
    // What is for another platform is never installed; npm marks such packages optional.
    if (have === undefined && (want.optional || want.devOptional)) continue;
    if (have?.version !== want.version || have?.integrity !== want.integrity || have?.link !== want.link) {
      return `${name} is not the version in package-lock.json`;
    }
  }
  return undefined;
}

/**
 * Installs what the lock file names unless it is there already, and checks that our own Node came with it.
 * Development dependencies are always included: under NODE_ENV=production npm would leave out the compiler and Node itself.
 *
 * @param {(line: string) => void} report progress, one line a step
 */
export async function ensureInstalled(report) {
  const wanted = await readPackages(path.join(ROOT, 'package-lock.json'));
  if (wanted === undefined) throw new Stop(`package-lock.json is missing in ${ROOT}; restore it with git`);
  const reason = staleReason(wanted, await readPackages(path.join(ROOT, 'node_modules', '.package-lock.json')));
  if (reason !== undefined) {
    report(`installing packages (${reason}) …`);
    const startedAt = performance.now();
    await npmCleanInstall();
    report(`installed in ${seconds(performance.now() - startedAt)}`);
  }
  await checkNode();
}

/** @param {number} millis */
export function seconds(millis) {
  return `${(millis / 1000).toFixed(1)} s`;
}

/**
 * @param {string} file
 * @returns {Promise<LockedPackages | undefined>}
 */
async function readPackages(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).packages;
}

async function npmCleanInstall() {
  const { npm_execpath: npmScript = '', npm_node_execpath: npmNode = process.execPath } = process.env;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  // Only npm's own script: under another package manager this variable names that one.
  const isNpm = npmScript.endsWith('npm-cli.js');
  const [command, ...before] = isNpm ? [npmNode, npmScript] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const { exitCode, output } = await capture(command ?? 'npm', [...before, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), npm_config_loglevel: 'error' },
    shell: !isNpm && process.platform === 'win32',
  }).catch((error) => {
    throw new Stop(`npm could not be started (${error.message}); install npm 10 or newer`);
  });
  if (exitCode !== 0) {
    process.stderr.write(output);
    throw new Stop(`npm ${args.join(' ')} failed with exit code ${exitCode} in ${ROOT} (its output is above)`);
  }
}

/** Scripts that run on another Node than they were tested on fail in ways that are hard to tell: say so first. */
async function checkNode() {
  const version = await capture(NODE, ['--version'], {}).then(
    ({ output }) => output.trim(),
    () => undefined,
  );
  if (version?.startsWith(`v${NODE_MAJOR}.`)) return;
  const found = version === undefined ? 'is missing' : `is ${version}`;
  throw new Stop(
    `node_modules/node/bin/node ${found}, expected v${NODE_MAJOR}: npm did not run the install script of the package "node"; run "npm rebuild node --ignore-scripts=false" in ${ROOT}`,
  );
}
