import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { correlation } from '@threadline/sdk';

const orders = new EventEmitter();
const queue = [];
orders.on('placed', (order) => {
  // A listener runs where its event is emitted. What is put aside for later is bound to the flow that put it there.
  queue.push(correlation.bind(() => console.log(order, correlation.id()))); // 7 order-7, 8 order-8
});

await Promise.all(
  [7, 8].map((order) =>
    correlation.run(`order-${order}`, async () => {
      await sleep(1);
      orders.emit('placed', order);
    }),
  ),
);
for (const task of queue.splice(0)) task(); // in nobody's flow, each task in its own
