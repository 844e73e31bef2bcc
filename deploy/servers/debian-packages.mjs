// @ts-check
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { capture } from '../../scripts/workspace/child-process.mjs';
import { findProgram } from './find-program.mjs';

/** Debian's packages ask this program whether they may start what they bring; 101 is "no" (invoke-rc.d(8)). */
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const POLICY = '#!/bin/sh\n# Threadline: servers for tests are installed, not started. Removed when the installation ends.\nexit 101\n';
/** Another program may be installing at this moment. */
const APT_LOCK_TIMEOUT_SECONDS = 300;

/**
 * Installs Debian's packages, where we are root and apt is at hand; none of them starts anything. Never rejects: what went wrong is reported.
 *
 * @param {readonly string[]} packages
 * @param {(line: string) => void} report progress and what went wrong, one line a step
 */
export async function installDebianPackages(packages, report) {
  if (packages.length === 0 || process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return;
  report(`installing ${packages.join(', ')} with apt …`);
  const failure = await withoutAutostart(() => runApt(packages));
  if (failure !== undefined) report(failure);
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<string | undefined>} what went wrong
 */
async function runApt(packages) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { exitCode, output } = await capture(
      'apt-get',
      ['--quiet', '-o', `DPkg::Lock::Timeout=${APT_LOCK_TIMEOUT_SECONDS}`, ...args],
      options,
    );
    if (exitCode !== 0) return `apt-get ${args.join(' ')} failed with exit code ${exitCode}:\n${output}`;
  }
  return undefined;
}

/**
 * Runs `work` while the machine's policy is to start no service. A policy that the machine has already stays as it is;
 * one of ours that a killed installation left behind goes.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [file]
 * @returns {Promise<T>}
 */
export async function withoutAutostart(work, file = POLICY_FILE) {
  if (existsSync(file) && readFileSync(file, 'utf8') !== POLICY) return work();
  writeFileSync(file, POLICY, { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
