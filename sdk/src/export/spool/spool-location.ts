import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Environment, invalidSetting, readCount, readText } from '../../settings.ts';

export interface SpoolConfig {
  /** Undefined for a folder below the system's one for temporary files. */
  readonly directory: string | undefined;
  /** 0 keeps nothing on disk. */
  readonly maxBytes: number;
}

/** The 64 MB: packed, ten minutes of 250 requests a second. */
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** With less, a file of it would hold hardly a batch. */
const MIN_MAX_BYTES = 1024 * 1024;

/** @throws ThreadlineError for a relative path, a path of a file and a size that is none. */
export function readSpoolConfig(environment: Environment): SpoolConfig {
  const directory = readText(environment, 'THREADLINE_SDK_SPOOL_DIR');
  if (directory !== undefined && !(isAbsolute(directory) && canBeFolder(directory))) {
    throw invalidSetting('THREADLINE_SDK_SPOOL_DIR', 'the absolute path of a folder, which is made when it is missing', directory);
  }
  const maxBytes = readCount(environment, 'THREADLINE_SDK_SPOOL_MAX_BYTES', 0) ?? DEFAULT_MAX_BYTES;
  if (maxBytes > 0 && maxBytes < MIN_MAX_BYTES) {
    throw invalidSetting('THREADLINE_SDK_SPOOL_MAX_BYTES', `0 for none, or at least ${MIN_MAX_BYTES}`, String(maxBytes));
  }
  return { directory, maxBytes };
}

export interface SpoolLocation {
  readonly root: string;
  /** A folder above it that must be this user's own, since anyone could have made it. */
  readonly privateParent: string | undefined;
}

/**
 * Where a service's processes keep what the collector has not taken: in the folder that was set, else in one of their
 * own for each service, collector and user. Undefined when nothing is to be kept.
 */
export function locateSpool(config: SpoolConfig, serviceName: string, urls: readonly string[]): SpoolLocation | undefined {
  if (config.maxBytes === 0) return undefined;
  if (config.directory !== undefined) return { root: config.directory, privateParent: undefined };
  const privateParent = join(tmpdir(), `threadline-${process.getuid?.() ?? 'spool'}`);
  const service = serviceName.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 64);
  const hash = createHash('sha256')
    .update(JSON.stringify([serviceName, ...urls]))
    .digest('hex')
    .slice(0, 12);
  return { root: join(privateParent, `${service}-${hash}`), privateParent };
}

/** Not for what is something else already; whether it can be made and written is seen when there is something to write. */
function canBeFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    return false;
  }
}
