import { expect, it } from 'vitest';
import { parseTarget } from './grpc-client.ts';

it.each([
  ['localhost:50051', 'localhost', 50051],
  ['dns:orders:50051', 'orders', 50051],
  ['dns:///orders.shop.svc:443', 'orders.shop.svc', 443],
  ['dns://8.8.8.8/api.example.com', 'api.example.com', undefined],
  ['ipv4:10.0.0.1:80,10.0.0.2:80', '10.0.0.1', 80],
  ['ipv6:[::1]:80', '::1', 80],
  ['unix:/run/orders.sock', 'localhost', undefined],
])('parseTarget reads %s', (target, host, port) => {
  expect(parseTarget(target)).toEqual({ host, port });
});
