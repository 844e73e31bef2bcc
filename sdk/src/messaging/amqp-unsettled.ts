import type { ReceivedMessage } from './received-message.ts';

/** More than any sensible prefetch; beyond it the oldest spans end, so that a consumer that never acknowledges holds no memory. */
const MAX_UNSETTLED = 2000;

const unsettledOf = new WeakMap<object, Map<number, ReceivedMessage>>();

/**
 * Keeps a message open until it is acknowledged, for a handler that returned before its work was done: one in the style
 * of callbacks, or one that collects messages for a timer.
 */
export function keepUntilSettled(channel: object, tag: number, received: ReceivedMessage): void {
  const unsettled = unsettledOf.get(channel) ?? new Map<number, ReceivedMessage>();
  unsettledOf.set(channel, unsettled);
  unsettled.set(tag, received);
  const [oldest] = unsettled.keys();
  if (unsettled.size > MAX_UNSETTLED && oldest !== undefined) settle(channel, oldest, false);
}

/** The message with this tag was acknowledged or given back, and with `allUpTo` all before it. */
export function settle(channel: object, tag: number, allUpTo: boolean): void {
  const unsettled = unsettledOf.get(channel);
  if (unsettled === undefined) return;
  const tags = allUpTo ? [...unsettled.keys()].filter((other) => other <= tag) : [tag];
  for (const settled of tags) {
    unsettled.get(settled)?.leave();
    unsettled.delete(settled);
  }
}
