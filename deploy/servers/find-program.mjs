// @ts-check
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { HOW_TO_INSTALL } from './how-to-install.mjs';

/**
 * The first of these files that can be run: paths as they are, names on the PATH.
 *
 * @param {string[]} candidates
 * @returns {string | undefined}
 */
export function findProgram(...candidates) {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  return candidates
    .flatMap((name) => (name.includes('/') ? [name] : directories.map((directory) => join(directory, name))))
    .find(isExecutable);
}

/**
 * @param {string | undefined} program
 * @param {import('./how-to-install.mjs').ServerName} server
 * @returns {string}
 */
export function programOrThrow(program, server) {
  if (program === undefined) throw new Error(`${server} is not installed: install ${HOW_TO_INSTALL[server].advice}`);
  return program;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
