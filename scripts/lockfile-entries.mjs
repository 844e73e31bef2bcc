/**
 * An entry of package-lock.json's `packages`, by its folder.
 *
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {boolean} [devOptional]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** The words of package names that say for what they are built, as npm's fields have them. */
const SYSTEMS = new Map([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'win32'],
  ['windows', 'win32'],
  ['android', 'android'],
  ['freebsd', 'freebsd'],
  ['openharmony', 'openharmony'],
]);
const PROCESSORS = new Map([
  ['x64', 'x64'],
  ['64', 'x64'],
  ['arm64', 'arm64'],
  ['arm', 'arm'],
  ['ia32', 'ia32'],
  ['ppc64', 'ppc64'],
  ['riscv64', 'riscv64'],
  ['s390x', 's390x'],
]);
const LIBRARIES = new Map([
  ['gnu', 'glibc'],
  ['gnueabihf', 'glibc'],
  ['musl', 'musl'],
  ['musleabihf', 'musl'],
]);

/**
 * Entries for the optional dependencies that the lock file names and has no entry for, as npm would have written them
 * but for the checksum, which only the registry knows. Only builds for one platform, pinned to one version, are made up;
 * anything else that is missing throws.
 *
 * @param {Record<string, LockEntry>} packages
 * @returns {Record<string, LockEntry>}
 */
export function missingEntries(packages) {
  /** @type {Record<string, LockEntry>} */
  const missing = {};
  for (const [folder, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isResolved(packages, folder, name)) continue;
      missing[`node_modules/${name}`] = { version: pinned(name, version), ...platformOf(name), ...kindOf(entry), optional: true };
    }
  }
  return missing;
}

/**
 * Whether Node would find a package of that name from the folder: in it, or in one above.
 *
 * @param {Record<string, LockEntry>} packages
 * @param {string} folder
 * @param {string} name
 */
function isResolved(packages, folder, name) {
  const parts = folder.split('/node_modules/');
  return (
    parts.some((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/node_modules/${name}` in packages) ||
    `node_modules/${name}` in packages
  );
}

/**
 * @param {string} name
 * @param {string} version
 */
function pinned(name, version) {
  if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version))
    throw new Error(`${name}@${version} is missing in the lock file and not pinned to a version`);
  return version;
}

/** @param {string} name */
function platformOf(name) {
  const words = (name.split('/').at(-1) ?? '').split(/[-_.]/);
  const [os, cpu, libc] = [SYSTEMS, PROCESSORS, LIBRARIES].map((known) => words.flatMap((word) => known.get(word) ?? []).slice(-1));
  if (!os?.length || !cpu?.length)
    throw new Error(`${name} is missing in the lock file, and its name does not say for which platform it is`);
  return { cpu, ...(libc?.length ? { libc } : {}), os };
}

/** @param {LockEntry} parent */
function kindOf({ dev, devOptional }) {
  if (dev) return { dev };
  return devOptional ? { devOptional } : {};
}
