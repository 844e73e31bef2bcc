import express from 'express';
import { createInventoryClient } from '../inventory/inventory-client.ts';
import { callService, expectSuccess } from '../service/http-client.ts';
import { serveHttp } from '../service/http-service.ts';
import { createServiceLogger } from '../service/logger.ts';
import { databaseFile, readServiceSettings, requireUrl } from '../service/settings.ts';
import { VisitStore } from './visit-store.ts';

const settings = readServiceSettings();
const logger = createServiceLogger('gateway');
const ordersUrl = requireUrl('ORDERS_URL');
const inventory = createInventoryClient(requireUrl('INVENTORY_URL'));
const visits = new VisitStore(databaseFile(settings, 'gateway'));
const app = express();
app.use(express.json());

app.get('/products', async (_request, response) => {
  const products = await inventory.listProducts();
  logger.info('products listed', { count: products.length });
  response.json({ products });
});

// One call for each product where one call for all would do: a page that gets slower with every product.
app.get('/products/popular', async (_request, response) => {
  const startedAt = performance.now();
  const products = [];
  for (const sku of visits.mostVisited()) products.push(await inventory.getProduct(sku));
  logger.info('popular products listed', { count: products.length, durationMillis: Math.round(performance.now() - startedAt) });
  response.json({ products });
});

app.get('/products/:sku', async (request, response) => {
  const product = await inventory.getProduct(request.params.sku);
  visits.count(product.sku);
  response.json(product);
});

app.post('/checkout', async (request, response) => {
  const startedAt = performance.now();
  const order = expectSuccess(await callService(`${ordersUrl}/orders`, { method: 'POST', body: request.body }), 'placing the order');
  logger.info('checkout done', { durationMillis: Math.round(performance.now() - startedAt) });
  response.status(201).json(order);
});

app.get('/orders/:id', async (request, response) => {
  const answer = await callService(`${ordersUrl}/orders/${encodeURIComponent(request.params.id)}`);
  response.json(expectSuccess(answer, 'reading the order'));
});

app.get('/healthz', (_request, response) => {
  response.json({ status: 'ok' });
});

const close = () => {
  inventory.close();
  visits.close();
};
serveHttp({ service: 'gateway', app, logger, settings, close });
