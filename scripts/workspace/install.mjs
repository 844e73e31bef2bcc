import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { capture } from './child-process.mjs';
import { runGroup } from './process-group.mjs';
import { NODE, ROOT } from './repository.mjs';
import { Stop } from './stop.mjs';

/** The major version that the package `node` is pinned to. */
const NODE_MAJOR = 24;

const WANTED_FILE = path.join(ROOT, 'package-lock.json');
/** npm's own record of what it installed. */
const INSTALLED_FILE = path.join(ROOT, 'node_modules', '.package-lock.json');
const STAMP_FILE = path.join(ROOT, 'node_modules', '.threadline-installed');

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
 * @param {AbortSignal} signal
 */
export async function ensureInstalled(report, signal) {
  const wanted = await readText(WANTED_FILE);
  if (wanted === undefined) throw new Stop(`package-lock.json is missing in ${ROOT}; restore it with git`);
  const reason = await reasonToInstall(wanted);
  if (reason !== undefined) {
    report(`installing packages (${reason}) …`);
    const startedAt = performance.now();
    await npmCleanInstall(signal);
    await writeFile(STAMP_FILE, stampOf(wanted, (await readText(INSTALLED_FILE)) ?? ''));
    report(`installed in ${seconds(performance.now() - startedAt)}`);
  }
  await checkNode();
}

/**
 * A lock file with more in it than the manifests ask for never equals what npm installs from it; the stamp says that
 * this is what came of it, so that not every start installs again.
 *
 * @param {string} wanted
 */
async function reasonToInstall(wanted) {
  const installed = await readText(INSTALLED_FILE);
  if (installed !== undefined && (await readText(STAMP_FILE)) === stampOf(wanted, installed)) return undefined;
  return staleReason(JSON.parse(wanted).packages, installed === undefined ? undefined : JSON.parse(installed).packages);
}

/**
 * @param {string} wanted
 * @param {string} installed
 */
function stampOf(wanted, installed) {
  return createHash('sha256').update(wanted).update(installed).digest('hex');
}

/** @param {number} millis */
export function seconds(millis) {
  return `${(millis / 1000).toFixed(1)} s`;
}

/** @param {string} file */
async function readText(file) {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** @param {AbortSignal} signal */
async function npmCleanInstall(signal) {
  const { npm_execpath: npmScript = '', npm_node_execpath: npmNode = process.execPath } = process.env;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  // Only npm's own script: under another package manager this variable names that one.
  const isNpm = npmScript.endsWith('npm-cli.js');
  const [command, ...before] = isNpm ? [npmNode, npmScript] : ['npm'];
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  let output = '';
  const exitCode = await runGroup(command ?? 'npm', [...before, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), npm_config_loglevel: 'error' },
    signal,
    onOutput: (text) => {
      output += text;
    },
  }).catch((error) => {
    throw new Stop(`npm could not be started (${error.message}); install npm 10 or newer`);
  });
  signal.throwIfAborted();
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
