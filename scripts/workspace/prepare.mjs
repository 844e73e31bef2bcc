import { ensureBuilt } from './build.mjs';
import { onStopRequest } from './child-process.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { Stop } from './stop.mjs';

/** As shells have it for what Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/**
 * Brings the checkout to a state that can run: packages installed, our Node checked, everything built.
 * One at a time in a checkout; quick when there is nothing to do. A signal ends it and all that it started.
 *
 * @param {(line: string) => void} report
 */
export async function prepare(report) {
  const stopped = new AbortController();
  const forget = onStopRequest(() => stopped.abort(new Stop('stopped', EXIT_INTERRUPTED)));
  const onWait = (/** @type {number} */ pid) => report(`waiting for process ${pid}, which installs or builds in this checkout …`);
  try {
    await withLock({ onWait, signal: stopped.signal }, async () => {
      await ensureInstalled(report, stopped.signal);
      await ensureBuilt(report, stopped.signal);
    });
  } finally {
    forget();
  }
}
