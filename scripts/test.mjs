/**
 * `npm test`: installs what is missing, builds, and runs every part there is, one after another but for those that may run
 * at the same time. `npm test -- --part NAME` (more than once, if need be) runs only those. The last line is the sum of all parts, which CI reads; exit code 1 when
 * anything failed.
 */
import path from 'node:path';
import { chooseParts, groupParts } from './test-parts/choose-parts.mjs';
import { addResults, countsLine, forbidSkips } from './test-parts/part-result.mjs';
import { PARTS } from './test-parts/parts.mjs';
import { runPart } from './test-parts/run-part.mjs';
import { ensureTools } from './test-parts/tools.mjs';
import { onStopRequest } from './workspace/child-process.mjs';
import { seconds } from './workspace/install.mjs';
import { prepare } from './workspace/prepare.mjs';
import { childEnvironment, ROOT } from './workspace/repository.mjs';
import { runCommand } from './workspace/stop.mjs';

/** The caller's own settings of the collector, the SDK and Node: tests choose theirs. */
const NOT_FOR_TESTS = /^(THREADLINE_|OTEL_|NODE_ENV$|NODE_OPTIONS$)/;
/** Where Node keeps what it compiled and what it made of TypeScript: tests start hundreds of processes and threads, whose loading was half of their time. */
const COMPILED = path.join(ROOT, '.cache', 'compiled');

await runCommand('npm test', async () => {
  const parts = chooseParts(process.argv.slice(2), PARTS);
  const startedAt = performance.now();
  const report = (/** @type {string} */ line) => console.log(line);
  await prepare(report);
  const missing = await ensureTools(new Set(parts.flatMap(({ needs, uses }) => [...needs, ...uses])), report);
  report(`ready to test after ${seconds(performance.now() - startedAt)}`);

  const stop = new AbortController();
  const forget = onStopRequest(() => stop.abort(new Error('stopped by a signal')));
  const colour = process.stdout.isTTY ? {} : { NO_COLOR: '1' };
  const environment = childEnvironment({ ...colour, NODE_COMPILE_CACHE: COMPILED });
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !NOT_FOR_TESTS.test(name)));
  const results = [];
  for (const group of groupParts(parts)) {
    if (stop.signal.aborted) break;
    const run = async (/** @type {import('./test-parts/parts.mjs').Part} */ part) => {
      const partStartedAt = performance.now();
      const outcome = await runPart(part, { env, signal: stop.signal, missing, stream: parts.length === 1 });
      const result = process.env.CI === 'true' ? forbidSkips(outcome) : outcome;
      if (outcome.output !== '') report(`\n--- ${part.name} ---\n${outcome.output}`);
      for (const note of result.notes) report(`  ${part.name}: ${note}`);
      report(`${part.name.padEnd(22)} ${countsLine(result).padEnd(38)} ${seconds(performance.now() - partStartedAt)}`);
      return result;
    };
    results.push(...(await Promise.all(group.map(run))));
  }
  forget();
  const total = addResults(results);
  report(`${stop.signal.aborted ? 'stopped' : 'done'} in ${seconds(performance.now() - startedAt)}`);
  report(countsLine(total));
  return total.failed > 0 || stop.signal.aborted ? 1 : 0;
});
