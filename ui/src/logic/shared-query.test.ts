import { expect, it } from 'vitest';
import { sharedQuery } from './shared-query.ts';

it.each([
  ['', ''],
  ['level:error service:payments', 'service:payments'],
  ['service:payments AND status:error AND "card declined"', 'service:payments "card declined"'],
  ['declined -correlationId:a traceId:ab http.route:/api/* resource.host.name:*', undefined],
  ['-level:debug NOT service:a (level:error OR timeout) (service:a OR timeout)', 'NOT service:a (service:a OR timeout)'],
  ['service:a OR timeout', undefined],
  // Each part alone would find less.
  ['service:a OR level:error', ''],
  ['level:>=warn duration:>5ms kind:server pattern:other', ''],
  // Attributes of that whole name on one, of a place on the other.
  ['event.name:a event.x:b link.y:c body.z:d attributes.w:e', 'attributes.w:e'],
  ['service:a level:(( service:b', 'service:a'],
])('of %s logs and spans share it without what only one of them has', (query, shared) => {
  expect(sharedQuery(query)).toBe(shared ?? query);
});
