/**
 * `node healthcheck.mjs URL`: exit code 0 when the URL answers 2xx, else 1 with one line that says what came instead.
 * For images that have Node and no curl.
 */
const TIMEOUT_MILLIS = 4_000;

const [url = ''] = process.argv.slice(2);
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
} catch (error) {
  const reason = error instanceof Error ? (error.cause ?? error) : error;
  console.error(`${url} is not healthy: ${reason instanceof Error ? reason.message : reason}`);
  process.exitCode = 1;
}
