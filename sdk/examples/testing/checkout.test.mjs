import { fork } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { startTestCollector } from '@threadline/sdk/testing';

const collector = await startTestCollector();
const services = [];
after(async () => {
  for (const service of services) service.kill();
  await collector.close();
});

/** Starts a service under the SDK and resolves with its address. */
async function startService(name, env = {}) {
  const service = fork(new URL(`./${name}.mjs`, import.meta.url), {
    execArgv: ['--import', '@threadline/sdk/register'],
    env: { ...process.env, ...collector.env, OTEL_SERVICE_NAME: name, ...env },
  });
  services.push(service);
  const [address] = await once(service, 'message');
  return address;
}

test('an order is charged in the same flow', async () => {
  const payments = await startService('payments');
  const gateway = await startService('gateway', { PAYMENTS: payments });
  await fetch(`${gateway}/orders/7`, { headers: { 'x-correlation-id': 'order-7' } });
  await collector.expectFlow('order-7').from('gateway').through('http').to('payments').logging('charged');
});
