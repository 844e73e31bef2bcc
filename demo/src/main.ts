import { readShopOptions } from './shop/settings.ts';
import { startShop } from './shop/shop.ts';

/** Runs the shop until a signal comes or a service ends; the exit code, with one line that says why when it is not 0. */
async function main(): Promise<number> {
  const stopped = Promise.withResolvers<undefined>();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(signal, () => stopped.resolve(undefined));
  const options = readShopOptions(process.env);
  const shop = await startShop(options);
  console.log(
    `the demo shop is at ${shop.gatewayUrl}, with ${options.requestsPerSecond} requests a second; its logs are in ${options.dataDirectory}/logs`,
  );
  process.send?.({ gatewayUrl: shop.gatewayUrl });
  const failure = await Promise.race([stopped.promise, shop.failure]);
  await shop.shutdown();
  if (failure !== undefined) console.error(`demo: ${failure}`);
  return failure === undefined ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
