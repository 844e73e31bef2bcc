import { readFile, stat } from 'node:fs/promises';
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

/**
 * Names once each library that the SDK knows and cannot follow: one that was loaded before it, that is bundled into the
 * script that was started, or whose version was not tried. The last is named by what is returned, when the app loads it, the others at once.
 */
export function nameUnseenLibraries(
  hooks: readonly ModuleHook[],
  { write, report }: UnseenListeners,
): (hook: ModuleHook, version: string) => void {
  // A worker's libraries are those of its process, and are named there.
  if (isMainThread) {
    const loaded = findLoadedLibraries(hooks.filter(({ isSeenAnyway }) => isSeenAnyway !== true).map(({ module }) => module));
    if (loaded.length > 0) {
      write(
        `threadline: loaded before the SDK, so that they may not be followed: ${loaded.join(', ')}; ` +
          'start with node --import @threadline/sdk/register, or call start before they are imported',
      );
      report('loaded_before', loaded);
    }
    void nameBundledLibraries({ write, report });
  }
  return ({ module, versions }, version) => {
    const range = versions === undefined ? '' : ` (${formatRange(versions)})`;
    write(`threadline: ${module} ${version} is not of the tested versions${range}, so that it is not followed`);
    report('untested_version', [module]);
  };
}

async function nameBundledLibraries({ write, report }: UnseenListeners): Promise<void> {
  const script = findScript();
  if (script === undefined) return;
  const size = await stat(script).then(
    (found) => found.size,
    () => 0,
  );
  if (size < MIN_BUNDLE_BYTES || size > MAX_BUNDLE_BYTES) return;
  const bundled = findBundledLibraries(await readFile(script).catch(() => Buffer.alloc(0)));
  if (bundled.length === 0) return;
  write(
    `threadline: bundled into ${basename(script)}, so that they are not followed: ${bundled.join(', ')}; ` +
      'bundle with the plugin of @threadline/sdk/esbuild, or name them as external to the bundler; what Node itself publishes (http, fetch) is seen either way',
  );
  report('bundled', bundled);
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
