/**
 * `npm run demo`: `npm start` with the demo shop beside it, which sends steady traffic through five services. Ctrl-C stops
 * both; when one of them ends, so does the other.
 */
import { onStopRequest } from './workspace/child-process.mjs';
import { prepare } from './workspace/prepare.mjs';
import { startServer } from './workspace/server-process.mjs';
import { runCommand } from './workspace/stop.mjs';

await runCommand('npm run demo', async () => {
  await prepare((line) => console.error(line));
  const collector = startServer('collector/dist/main.js');
  /** @type {import('./workspace/server-process.mjs').ServerProcess | undefined} */
  let shop;
  // The shop first: what it still has to send shall find the collector.
  const forget = onStopRequest((signal) => (shop ?? collector).stop(signal));
  const ready = await Promise.race([collector.ready, collector.exited]);
  if (typeof ready === 'number') return ready;
  shop = startServer('demo/dist/main.js', {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrlIn(ready),
    THREADLINE_SDK_INGEST_KEY: process.env.THREADLINE_SDK_INGEST_KEY ?? process.env.THREADLINE_INGEST_KEY,
  });
  const collectorGone = collector.exited.finally(() => shop?.stop('SIGTERM'));
  const shopExitCode = await shop.exited;
  collector.stop('SIGTERM');
  const collectorExitCode = await collectorGone;
  forget();
  return shopExitCode || collectorExitCode;
});

/**
 * Where the collector takes OTLP/HTTP, from the message that it sends when it is ready.
 *
 * @param {unknown} message
 */
function otlpUrlIn(message) {
  const { addresses } = /** @type {{ addresses?: { otlpHttp?: string } }} */ (message);
  if (addresses?.otlpHttp === undefined) throw new Error(`the collector did not say where it listens: ${JSON.stringify(message)}`);
  return addresses.otlpHttp.replace('//0.0.0.0:', '//127.0.0.1:');
}
