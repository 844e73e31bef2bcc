import express from 'express';
import winston from 'winston';

const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
const app = express();
app.get('/stock/:item', (request, response) => {
  logger.info('stock read', { item: request.params.item }); // of the caller's trace, with the caller's ID
  response.json({ count: 7 });
});
app.get('/orders/:item', async (request, response) => {
  const stock = await fetch(`http://127.0.0.1:${server.address().port}/stock/${request.params.item}`);
  response.json(await stock.json());
});
const server = app.listen(0, '127.0.0.1', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/orders/9`, { headers: { 'x-correlation-id': 'order-9' } });
  console.log(answer.headers.get('x-correlation-id')); // order-9
  server.close();
});
