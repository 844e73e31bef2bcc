import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';

/**
 * Brings the checkout to a state that can run: packages installed, our Node checked, everything built.
 * One at a time in a checkout; quick when there is nothing to do.
 *
 * @param {(line: string) => void} report
 */
export async function prepare(report) {
  const onWait = (/** @type {number} */ pid) => report(`waiting for process ${pid}, which installs or builds in this checkout …`);
  await withLock({ onWait }, async () => {
    await ensureInstalled(report);
    await ensureBuilt(report);
  });
}
