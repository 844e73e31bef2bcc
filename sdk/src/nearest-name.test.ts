import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

it('finds the name with the fewest edits', () => {
  expect(nearestName('TRSUT', ['TRACE', 'TRUST'])).toBe('TRUST');
  expect(nearestName('INGEST_KYE', ['TRUST', 'INGEST_KEY'])).toBe('INGEST_KEY');
  expect(nearestName('anything', [])).toBeUndefined();
});
