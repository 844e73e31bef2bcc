import { Server, ServerCredentials } from '@grpc/grpc-js';
import { announce, failToListen, stopOnSignal } from '../service/lifecycle.ts';
import { createServiceLogger } from '../service/logger.ts';
import { databaseFile, readServiceSettings } from '../service/settings.ts';
import { loadInventoryContract } from './inventory-contract.ts';
import { createInventoryService } from './inventory-service.ts';
import { StockStore } from './stock-store.ts';

const RESTOCK_INTERVAL_MILLIS = 20_000;

const settings = readServiceSettings();
const logger = createServiceLogger('inventory');
const stock = new StockStore(databaseFile(settings, 'inventory'));

const server = new Server();
server.addService(loadInventoryContract().service, createInventoryService(stock, logger));
server.bindAsync(`${settings.host}:${settings.port}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error) failToListen({ service: 'inventory', error, logger });
  else announce({ service: 'inventory', url: `http://${settings.host}:${port}`, logger });
});

// Work with no request behind it: each round is a flow of its own.
const restocking = setInterval(() => {
  const names = stock.restock();
  if (names.length > 0) logger.info('restocked', { products: names });
}, RESTOCK_INTERVAL_MILLIS);

stopOnSignal(logger, async () => {
  clearInterval(restocking);
  await new Promise<void>((resolve, reject) => {
    server.tryShutdown((error) => (error ? reject(error) : resolve()));
  });
  stock.close();
});
