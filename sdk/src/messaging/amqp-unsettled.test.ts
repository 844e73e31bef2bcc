import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { keepUntilSettled, settle } from './amqp-unsettled.ts';
import { createMessageTracer } from './message-tracer.ts';
import { ReceivedMessage } from './received-message.ts';

function createOpenMessage(): ReceivedMessage {
  const received = new ReceivedMessage({
    tracer: createMessageTracer('rabbitmq', { messageParent: 'producer', conventions: 'pinned' }),
    operation: { name: 'process', destination: 'orders', attributes: {} },
    creation: ROOT_CONTEXT,
    receive: undefined,
  });
  received.enter();
  return received;
}

it('keeps messages open until they, or one after them with all before it, are acknowledged', () => {
  const channel = {};
  const messages = [1, 2, 3, 4].map((tag) => {
    const received = createOpenMessage();
    keepUntilSettled(channel, tag, received);
    return received;
  });
  const open = (): boolean[] => messages.map((message) => message.isOpen);
  settle(channel, 4, false);
  expect(open()).toEqual([true, true, true, false]);
  settle({}, 1, true);
  settle(channel, 2, true);
  expect(open()).toEqual([false, false, true, false]);
  settle(channel, Number.POSITIVE_INFINITY, true);
  settle(channel, 3, false);
  expect(open()).toEqual([false, false, false, false]);
});

it('holds no memory for a consumer that never acknowledges', () => {
  const channel = {};
  const first = createOpenMessage();
  keepUntilSettled(channel, 1, first);
  for (let tag = 2; tag <= 2001; tag += 1) keepUntilSettled(channel, tag, createOpenMessage());
  expect(first.isOpen).toBe(false);
  expect(context.active()).toBe(ROOT_CONTEXT);
});
