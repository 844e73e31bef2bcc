import express from 'express';
import { createInventoryClient } from '../inventory/inventory-client.ts';
import { HttpProblem, serveHttp } from '../service/http-service.ts';
import { createServiceLogger } from '../service/logger.ts';
import { readFields, readOrderLines, readString } from '../service/read-body.ts';
import { databaseFile, readServiceSettings, requireUrl } from '../service/settings.ts';
import { OrderStore } from './order-store.ts';
import { placeOrder } from './place-order.ts';

const settings = readServiceSettings();
const logger = createServiceLogger('orders');
const orders = new OrderStore(databaseFile(settings, 'orders'));
const inventory = createInventoryClient(requireUrl('INVENTORY_URL'));
const collaborators = {
  orders,
  inventory,
  paymentsUrl: requireUrl('PAYMENTS_URL'),
  notificationsUrl: requireUrl('NOTIFICATIONS_URL'),
  logger,
};
const app = express();
app.use(express.json());

app.post('/orders', async (request, response) => {
  const fields = readFields(request.body, 'an order');
  const order = {
    lines: readOrderLines(fields),
    card: readString(fields, 'card'),
    email: readString(fields, 'email'),
    voucher: fields.voucher === undefined ? undefined : readString(fields, 'voucher'),
  };
  response.status(201).json(await placeOrder(order, collaborators));
});

app.get('/orders/:id', (request, response) => {
  const order = orders.get(request.params.id);
  if (order === undefined) throw new HttpProblem(404, 'unknown_order', `there is no order ${request.params.id}`);
  logger.debug('order read', { orderId: order.id, status: order.status });
  response.json(order);
});

app.get('/healthz', (_request, response) => {
  response.json({ status: 'ok' });
});

const close = () => {
  inventory.close();
  orders.close();
};
serveHttp({ service: 'orders', app, logger, settings, close });
