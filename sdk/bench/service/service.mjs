/**
 * The service that is measured: Express 5, one call to another service and one winston line a request. It knows nothing of
 * what runs beside it. Says on its parent's channel when it listens, and what processor time a round took inside of it.
 */
import express from 'express';
import winston from 'winston';

const logger = winston.createLogger({
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  transports: [new winston.transports.Console()],
});

const app = express();
app.use(express.json());
app.get('/orders/:id', async (request, response) => {
  const answer = await fetch(`${process.env.DOWNSTREAM}/stock/${request.params.id}`);
  const { count } = await answer.json();
  logger.info('order read', { orderId: request.params.id, count });
  response.json({ id: request.params.id, count });
});

let begun = process.cpuUsage();

process.on('message', (asked) => {
  // No collection is forced around a round: V8 forgets compiled code and hidden classes at one, and a round would measure how they are made again.
  if (asked === 'begin') {
    begun = process.cpuUsage();
    process.send({ kind: 'begun' });
  } else if (asked === 'end') {
    const { user, system } = process.cpuUsage(begun);
    process.send({ kind: 'ended', cpuMicros: user + system });
  } else if (asked === 'memory') {
    globalThis.gc();
    process.send({ kind: 'memory', residentBytes: process.memoryUsage.rss() });
  } else if (asked === 'exit') process.exit(0);
});

const server = app.listen(0, '127.0.0.1', () => {
  const { user, system } = process.cpuUsage();
  process.send({ kind: 'listening', port: server.address().port, startMillis: performance.now(), startCpuMicros: user + system });
});
