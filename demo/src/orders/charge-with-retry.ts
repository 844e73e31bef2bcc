import type { Logger } from 'winston';
import { callService, expectSuccess, type HttpAnswer } from '../service/http-client.ts';
import { wait } from '../service/wait.ts';

const MAX_ATTEMPTS = 3;
/** When the bank does not say when to come back. */
const DEFAULT_RETRY_MILLIS = 200;

export interface ChargeRequest {
  readonly orderId: string;
  readonly amountCents: number;
  readonly card: string;
}

/** Charges the card; tries again while the bank is unavailable (503), at most three times. Throws what the last try met. */
export async function chargeWithRetry(paymentsUrl: string, charge: ChargeRequest, logger: Logger): Promise<void> {
  let answer: HttpAnswer;
  for (let attempt = 1; ; attempt++) {
    answer = await callService(`${paymentsUrl}/charges`, { method: 'POST', body: charge, headers: { 'idempotency-key': charge.orderId } });
    if (answer.status !== 503 || attempt === MAX_ATTEMPTS) break;
    const retryInMillis = Number(answer.headers.get('retry-after-millis') ?? DEFAULT_RETRY_MILLIS);
    logger.warn('payment attempt failed, trying again', { orderId: charge.orderId, attempt, status: answer.status, retryInMillis });
    await wait(retryInMillis);
  }
  expectSuccess(answer, 'charging the card');
}
