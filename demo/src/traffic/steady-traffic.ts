import { createRandom } from './random.ts';
import { nextRequest, type ShopperRequest } from './shopper.ts';

/** As a browser would wait. */
const TIMEOUT_MILLIS = 10_000;
/** Orders that are still looked at; older ones are forgotten. */
const REMEMBERED_ORDERS = 50;

export interface TrafficOptions {
  readonly gatewayUrl: string;
  readonly requestsPerSecond: number;
  readonly seed: number;
  /** Ends the traffic; requests under way are given up. */
  readonly signal: AbortSignal;
}

/** How the requests went. */
export interface TrafficCounts {
  ok: number;
  /** Statuses of 400 and more: part of the demo. */
  refused: number;
  /** No answer at all. */
  failed: number;
}

/**
 * Sends requests at a steady rate whatever the answers take, so that a slow shop sees a queue and not less traffic.
 * Resolves with the counts when the signal comes.
 */
export async function sendSteadyTraffic({ gatewayUrl, requestsPerSecond, seed, signal }: TrafficOptions): Promise<TrafficCounts> {
  const random = createRandom(seed);
  const counts: TrafficCounts = { ok: 0, refused: 0, failed: 0 };
  const orders: string[] = [];
  const underWay = new Set<Promise<void>>();
  const tick = () => {
    const order = orders[Math.floor(random() * orders.length)] ?? 'none-yet';
    const sent = send(gatewayUrl, nextRequest(random), order, signal).then(
      ({ status, orderId }) => {
        if (orderId !== undefined) orders.push(orderId);
        if (orders.length > REMEMBERED_ORDERS) orders.shift();
        counts[status < 400 ? 'ok' : 'refused'] += 1;
      },
      () => {
        if (!signal.aborted) counts.failed += 1;
      },
    );
    underWay.add(sent);
    void sent.finally(() => underWay.delete(sent));
  };
  const timer = setInterval(tick, 1000 / requestsPerSecond);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(timer);
  await Promise.all(underWay);
  return counts;
}

async function send(gatewayUrl: string, { method, path, body }: ShopperRequest, order: string, signal: AbortSignal) {
  const response = await fetch(gatewayUrl + path.replace('{order}', order), {
    method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  const placed = path === '/checkout' && response.ok && typeof answer === 'object' && answer !== null && 'id' in answer;
  return { status: response.status, orderId: placed ? String(answer.id) : undefined };
}
