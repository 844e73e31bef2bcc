import express from 'express';
import { HttpProblem, serveHttp } from '../service/http-service.ts';
import { createServiceLogger } from '../service/logger.ts';
import { readFields, readInteger, readString } from '../service/read-body.ts';
import { databaseFile, readServiceSettings } from '../service/settings.ts';
import { askBank } from './bank.ts';
import { ChargeStore } from './charge-store.ts';

/** A bank that takes longer is worth a warning. */
const SLOW_BANK_MILLIS = 800;

const settings = readServiceSettings();
const logger = createServiceLogger('payments');
const charges = new ChargeStore(databaseFile(settings, 'payments'));
const app = express();
app.use(express.json());

app.post('/charges', async (request, response) => {
  const fields = readFields(request.body, 'a charge');
  const orderId = readString(fields, 'orderId');
  const amountCents = readInteger(fields, 'amountCents');
  const attempt = charges.countAttempt(orderId);
  const startedAt = performance.now();
  const answer = await askBank(readString(fields, 'card'), orderId, attempt);
  const durationMillis = Math.round(performance.now() - startedAt);
  if (durationMillis > SLOW_BANK_MILLIS) logger.warn('the bank is slow', { orderId, durationMillis });

  if (answer.status === 'unavailable') {
    logger.error('the bank is unavailable', { orderId, attempt, retryAfterMillis: answer.retryAfterMillis });
    response
      .status(503)
      .set('retry-after-millis', String(answer.retryAfterMillis))
      .json({ code: 'bank_unavailable', message: 'the bank does not answer' });
    return;
  }
  const reference = answer.status === 'captured' ? answer.reference : '';
  charges.save({ orderId, amountCents, status: answer.status, reference });
  if (answer.status === 'declined') throw new HttpProblem(402, 'card_declined', `the card was declined: ${answer.reason}`);
  logger.info('charge captured', { orderId, amountCents, attempt, durationMillis, reference });
  response.status(201).json({ orderId, amountCents, status: answer.status, reference });
});

app.get('/charges/:orderId', (request, response) => {
  const charge = charges.get(request.params.orderId);
  if (charge === undefined) throw new HttpProblem(404, 'unknown_charge', `order ${request.params.orderId} was never charged`);
  response.json(charge);
});

app.get('/healthz', (_request, response) => {
  response.json({ status: 'ok' });
});

serveHttp({ service: 'payments', app, logger, settings, close: () => charges.close() });
