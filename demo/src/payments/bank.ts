import { wait } from '../service/wait.ts';

const USUAL_MILLIS = 25;
const SLOW_MILLIS = 1_200;

export type BankAnswer =
  | { readonly status: 'captured'; readonly reference: string }
  | { readonly status: 'declined'; readonly reason: string }
  | { readonly status: 'unavailable'; readonly retryAfterMillis: number };

/**
 * Asks the bank's sandbox. As with real payment providers, what a test card does is fixed, so that every way a payment
 * can go can be had on request: `tok_slow_bank`, `tok_declined`, `tok_bank_unavailable` (away for the first attempt of an
 * order, there for the second); any other card is charged at once.
 */
export async function askBank(card: string, orderId: string, attempt: number): Promise<BankAnswer> {
  await wait(card === 'tok_slow_bank' ? SLOW_MILLIS : USUAL_MILLIS);
  if (card === 'tok_declined') return { status: 'declined', reason: 'insufficient funds' };
  if (card === 'tok_bank_unavailable' && attempt === 1) return { status: 'unavailable', retryAfterMillis: 150 };
  return { status: 'captured', reference: `bank-${orderId}` };
}
