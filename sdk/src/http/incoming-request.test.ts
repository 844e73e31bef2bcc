import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { IncomingRequest } from './incoming-request.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

it('stays known to V8 when no request is being served, and keeps none of the app’s', async () => {
  const served = serve();
  // A reference that was made keeps its object until the turn ends.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(served.deref()).toBeUndefined();
  expect(queryObjects(IncomingRequest, { format: 'count' })).toBe(2);
});

function serve(): WeakRef<object> {
  const request = { headers: {}, httpVersion: '1.1', socket: {}, url: '/orders' };
  expect(new IncomingRequest(request).target).toBe('/orders');
  return new WeakRef(request);
}
