import path from 'node:path';
import { seconds } from './install.mjs';
import { runGroup } from './process-group.mjs';
import { childEnvironment, NODE, ROOT } from './repository.mjs';
import { Stop } from './stop.mjs';

/** Under this a build had nothing to do and is not worth a line. */
const SILENT_BUILD_MILLIS = 1_000;

/**
 * Builds what changed since the last build; turbo keeps the record, by content. Compiler output is shown on failure only.
 *
 * @param {(line: string) => void} report
 * @param {AbortSignal} signal
 */
export async function ensureBuilt(report, signal) {
  const startedAt = performance.now();
  const announce = setTimeout(() => report('building …'), SILENT_BUILD_MILLIS / 2);
  const turbo = path.join(ROOT, 'node_modules', 'turbo', 'bin', 'turbo');
  let output = '';
  const exitCode = await runGroup(NODE, [turbo, 'run', 'build', '--output-logs=errors-only', '--ui=stream'], {
    cwd: ROOT,
    env: childEnvironment({ TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', NODE_ENV: undefined }),
    signal,
    onOutput: (text) => {
      output += text;
    },
  }).finally(() => clearTimeout(announce));
  signal.throwIfAborted();
  if (exitCode !== 0) {
    process.stderr.write(output);
    throw new Stop(`the build failed (its output is above); after a fix run the command again`);
  }
  const elapsedMillis = performance.now() - startedAt;
  if (elapsedMillis > SILENT_BUILD_MILLIS) report(`built in ${seconds(elapsedMillis)}`);
}
