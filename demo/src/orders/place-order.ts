import { randomUUID } from 'node:crypto';
import type { Logger } from 'winston';
import type { InventoryClient } from '../inventory/inventory-client.ts';
import { callService, expectSuccess } from '../service/http-client.ts';
import { HttpProblem } from '../service/http-service.ts';
import type { OrderLine } from '../service/read-body.ts';
import { chargeWithRetry } from './charge-with-retry.ts';
import type { Order, OrderStatus, OrderStore } from './order-store.ts';
import { applyVoucher } from './vouchers.ts';

export interface PlaceOrderRequest {
  readonly lines: readonly OrderLine[];
  readonly card: string;
  readonly email: string;
  readonly voucher: string | undefined;
}

export interface OrderCollaborators {
  readonly orders: OrderStore;
  readonly inventory: InventoryClient;
  readonly paymentsUrl: string;
  readonly notificationsUrl: string;
  readonly logger: Logger;
}

/** Reserves, charges, and has the receipt sent. What was reserved is given back when the charge fails. */
export async function placeOrder(request: PlaceOrderRequest, collaborators: OrderCollaborators): Promise<Order> {
  const { orders, inventory, logger } = collaborators;
  const startedAt = performance.now();
  const id = randomUUID();
  orders.create(id, request.email);
  logger.info('order received', { orderId: id, lines: request.lines.length });
  try {
    const priceCents = await inventory.reserve(id, request.lines);
    const totalCents = await pay(id, priceCents, request, collaborators);
    orders.update(id, 'paid', totalCents);
    const receipt = { method: 'POST', body: { orderId: id, email: request.email } } as const;
    expectSuccess(await callService(`${collaborators.notificationsUrl}/receipts`, receipt), 'queueing the receipt');
    logger.info('order paid', { orderId: id, totalCents, durationMillis: Math.round(performance.now() - startedAt) });
    return { id, email: request.email, totalCents, status: 'paid' };
  } catch (error) {
    const status = statusAfter(error);
    orders.update(id, status, 0);
    logger.warn('order not completed', { orderId: id, status, durationMillis: Math.round(performance.now() - startedAt) });
    throw error;
  }
}

/** Takes the voucher off and charges the rest; the amount charged. Gives the reservation back when that fails. */
async function pay(
  orderId: string,
  priceCents: number,
  { card, voucher }: PlaceOrderRequest,
  collaborators: OrderCollaborators,
): Promise<number> {
  const { inventory, paymentsUrl, logger } = collaborators;
  try {
    const amountCents = applyVoucher(priceCents, voucher);
    await chargeWithRetry(paymentsUrl, { orderId, amountCents, card }, logger);
    return amountCents;
  } catch (error) {
    await inventory.release(orderId);
    throw error;
  }
}

function statusAfter(error: unknown): OrderStatus {
  if (!(error instanceof HttpProblem)) return 'failed';
  if (error.status === 402) return 'declined';
  return error.status === 409 ? 'out_of_stock' : 'failed';
}
