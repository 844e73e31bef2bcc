// @ts-check
// What stands behind the gateways: an Express service that says which ids it was given, and logs one line.
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import winston from 'winston';

const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
const app = express();

app.get('/orders/:id', (request, response) => {
  logger.info('an order is looked at');
  const { traceparent, tracestate, baggage } = request.headers;
  response.json({ traceparent, tracestate, baggage, correlationId: request.headers['x-correlation-id'] });
});
app.get('/slow', async (_request, response) => {
  await sleep(120);
  response.status(503).end();
});

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: address !== null && typeof address === 'object' ? address.port : 0 });
});
// The test's end is this process's.
process.once('disconnect', () => process.exit());
