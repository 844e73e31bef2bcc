import express from 'express';
import { serveHttp } from '../service/http-service.ts';
import { createServiceLogger } from '../service/logger.ts';
import { readFields, readString } from '../service/read-body.ts';
import { databaseFile, readServiceSettings, requireUrl } from '../service/settings.ts';
import { createReceiptJobs } from './receipt-job.ts';
import { ReceiptOutbox } from './receipt-outbox.ts';

const settings = readServiceSettings();
const logger = createServiceLogger('notifications');
const outbox = new ReceiptOutbox(databaseFile(settings, 'notifications'));
const jobs = createReceiptJobs({ outbox, paymentsUrl: requireUrl('PAYMENTS_URL'), logger });
const app = express();
app.use(express.json());

app.post('/receipts', (request, response) => {
  const fields = readFields(request.body, 'a receipt');
  const receipt = { orderId: readString(fields, 'orderId'), email: readString(fields, 'email') };
  outbox.add(receipt);
  jobs.enqueue(receipt);
  logger.info('receipt queued', { orderId: receipt.orderId });
  response.status(202).json({ status: 'queued' });
});

app.get('/healthz', (_request, response) => {
  response.json({ status: 'ok' });
});

const close = async () => {
  await jobs.drain();
  outbox.close();
};
serveHttp({ service: 'notifications', app, logger, settings, close });
