import { requireUrl } from '../service/settings.ts';
import { sendSteadyTraffic } from './steady-traffic.ts';

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());
process.on('disconnect', () => stop.abort());

const counts = await sendSteadyTraffic({
  gatewayUrl: requireUrl('GATEWAY_URL'),
  requestsPerSecond: Number(process.env.REQUESTS_PER_SECOND ?? '5'),
  seed: Number(process.env.SEED ?? '1'),
  signal: stop.signal,
});
console.log(JSON.stringify({ message: 'traffic stopped', ...counts }));
if (process.connected) process.disconnect();
