import type { Logger } from 'winston';
import { callService, expectSuccess } from '../service/http-client.ts';
import { readFields, readInteger } from '../service/read-body.ts';
import { wait } from '../service/wait.ts';
import type { Receipt, ReceiptOutbox } from './receipt-outbox.ts';

/** Receipts are sent a moment after the order is answered, so that nobody waits for the mail server. */
const DELAY_MILLIS = 120;
const MAIL_SERVER_MILLIS = 60;
/** The mail server knows no such domain; its refusal is an error worth a stack. */
const UNDELIVERABLE = /@undeliverable\.example$/;

interface ReceiptJobs {
  /** Returns at once; the work comes after the response. Its failure is logged and harms no request. */
  enqueue(receipt: Receipt): void;
  /** Resolves when the jobs under way are done. */
  drain(): Promise<void>;
}

export function createReceiptJobs(options: { outbox: ReceiptOutbox; paymentsUrl: string; logger: Logger }): ReceiptJobs {
  const underWay = new Set<Promise<void>>();
  return {
    enqueue: (receipt) => {
      const job = sendReceipt(receipt, options).catch((error: unknown) => {
        options.logger.error('receipt not sent', error);
      });
      underWay.add(job);
      void job.finally(() => underWay.delete(job));
    },
    drain: async () => {
      await Promise.all(underWay);
    },
  };
}

async function sendReceipt(
  { orderId, email }: Receipt,
  { outbox, paymentsUrl, logger }: Parameters<typeof createReceiptJobs>[0],
): Promise<void> {
  await wait(DELAY_MILLIS);
  logger.debug('receipt job started', { orderId });
  const answer = await callService(`${paymentsUrl}/charges/${orderId}`);
  const amountCents = readInteger(readFields(expectSuccess(answer, 'reading the charge'), 'a charge'), 'amountCents');
  await wait(MAIL_SERVER_MILLIS);
  if (UNDELIVERABLE.test(email)) throw new Error(`the mail server refused ${email}: 550 no such user`);
  outbox.markSent(orderId, new Date());
  logger.info('receipt sent', { orderId, amountCents });
}
