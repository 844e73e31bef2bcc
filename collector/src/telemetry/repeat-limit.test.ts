import { expect, it } from 'vitest';
import { RepeatLimit } from './repeat-limit.ts';

it('shows one of a kind in a period and says how many it held back', () => {
  let now = 0;
  const told: unknown[] = [];
  const limit = new RepeatLimit({ periodMillis: 10_000, now: () => now });
  const come = (kind: string) => limit.tell(kind, (alike) => told.push({ kind, ...alike }));
  for (const kind of ['storage_unavailable', 'storage_unavailable', 'storage_unavailable', 'deadline_exceeded']) come(kind);
  expect(told.splice(0)).toEqual([{ kind: 'storage_unavailable' }, { kind: 'deadline_exceeded' }]);
  now = 10_000;
  for (const kind of ['storage_unavailable', 'storage_unavailable', 'deadline_exceeded']) come(kind);
  expect(told).toEqual([{ kind: 'storage_unavailable', alike: 2 }, { kind: 'deadline_exceeded' }]);
});
