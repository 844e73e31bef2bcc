// @ts-check
import { existsSync, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux's file system in memory. */
const IN_MEMORY = '/dev/shm';
/** A container has 64 MiB there, which is no room for a node. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * A new directory for a node that a test starts, in memory where there is room: each request to write and each change of a mapping is synced, which on a
 * busy disk is most of what such a test waits for. A node that is killed finds all of it again, as on a disk; only a power cut takes it.
 * @param {string} prefix
 * @returns {Promise<string>}
 */
export function makeNodeDirectory(prefix) {
  return mkdtemp(join(hasRoom() ? IN_MEMORY : tmpdir(), prefix));
}

function hasRoom() {
  if (!existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ROOM_BYTES;
}
