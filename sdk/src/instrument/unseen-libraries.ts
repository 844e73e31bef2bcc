import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { findEntry } from '../entry-script.ts';
import { findBundledLibraries } from './bundled-libraries.ts';
import type { UnseenReason } from './emit-unseen.ts';
import { findLoadedLibraries } from './loaded-libraries.ts';
import { formatRange, type ModuleHook } from './module-hook.ts';

/** No file that contains a library is smaller, and no script that anybody wrote by hand is larger than the other. */
const MIN_BUNDLE_BYTES = 32 * 1024;
const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;

/** Who is told: a person, in a line, and the collector. */
interface UnseenListeners {
  write(line: string): void;
  report(reason: UnseenReason, libraries: readonly string[]): void;
}

/** What is loaded, and may be a library that is not followed. */
export interface LoadListeners {
  /** A known library of a version that was not tried. */
  untested(hook: ModuleHook, version: string): void;
  /** One that nothing here follows. */
  unsupported(name: string): void;
  /** A file of the app's own, which a bundler may have made. */
  appFile(path: string): void;
}

/**
 * Names once each library that the SDK knows and cannot follow: one that was loaded before it, that is bundled into the
 * script that was started or into a file that this loads, whose version was not tried, or that nothing here follows. Those that the app loads are named then, the
 * others at once.
 */
export function nameUnseenLibraries(hooks: readonly ModuleHook[], { write, report }: UnseenListeners): LoadListeners {
  const bundles = new BundleSearch({ write, report });
  // A worker's libraries are those of its process, and are named there.
  if (isMainThread) {
    const named = hooks.filter(({ isSeenAnyway, isForMoreThanThis }) => isSeenAnyway !== true && isForMoreThanThis !== true);
    const loaded = findLoadedLibraries(named.map(({ module }) => module));
    if (loaded.length > 0) {
      write(
        `threadline: loaded before the SDK, so that they may not be followed: ${loaded.join(', ')}; ` +
          'start with node --import @threadline/sdk/register, or call start before they are imported',
      );
      report('loaded_before', loaded);
    }
    const script = findScript();
    if (script !== undefined) bundles.lookInto(script);
  }
  return {
    untested({ module, versions, isForMoreThanThis }, version) {
      if (isForMoreThanThis === true) return;
      const range = versions === undefined ? '' : ` (${formatRange(versions)})`;
      write(`threadline: ${module} ${version} is not of the tested versions${range}, so that it is not followed`);
      report('untested_version', [module]);
    },
    unsupported(name) {
      write(`threadline: ${name} is not followed: the flow of what is sent by it ends there`);
      report('not_supported', [name]);
    },
    appFile(path) {
      if (isMainThread) bundles.lookInto(path);
    },
  };
}

/** Looks for libraries in files, one file after the other, and names each library once. */
class BundleSearch {
  readonly #listeners: UnseenListeners;
  readonly #files = new Set<string>();
  readonly #named = new Set<string>();
  #last = Promise.resolve();

  constructor(listeners: UnseenListeners) {
    this.#listeners = listeners;
  }

  lookInto(file: string): void {
    if (this.#files.has(file)) return;
    this.#files.add(file);
    const size = sizeOf(file);
    if (size < MIN_BUNDLE_BYTES || size > MAX_BUNDLE_BYTES) return;
    this.#last = this.#last.then(() => this.#search(file));
  }

  async #search(file: string): Promise<void> {
    const { write, report } = this.#listeners;
    const found = findBundledLibraries(await readFile(file).catch(() => Buffer.alloc(0)));
    const bundled = found.filter((name) => !this.#named.has(name));
    if (bundled.length === 0) return;
    for (const name of bundled) this.#named.add(name);
    write(
      `threadline: bundled into ${basename(file)}, so that they are not followed: ${bundled.join(', ')}; ` +
        'bundle with the plugin of @threadline/sdk/esbuild, or name them as external to the bundler; what Node itself publishes (http, fetch) is seen either way',
    );
    report('bundled', bundled);
  }
}

/** Of one that cannot be looked at, as one that a loader of the app's makes up, none. Asked for at once, since most are small: a promise for each would cost a start more. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** The file that Node was started with. */
function findScript(): string | undefined {
  const { script } = findEntry();
  if (script === undefined) return undefined;
  try {
    return createRequire(join(process.cwd(), 'any.js')).resolve(script);
  } catch {
    return undefined;
  }
}
