import { expect, it } from 'vitest';
import { askForNearest, nearestName } from './nearest-name.ts';

it('finds the name with the fewest edits', () => {
  expect(nearestName('TRSUT', ['TRACE', 'TRUST'])).toBe('TRUST');
  expect(nearestName('INGEST_KYE', ['TRUST', 'INGEST_KEY'])).toBe('INGEST_KEY');
  expect(nearestName('anything', [])).toBeUndefined();
});

it('finds a name in another case, below a group, and at the end of a longer one', () => {
  expect(nearestName('servicename', ['endpoint', 'serviceName'])).toBe('serviceName');
  expect(nearestName('consol', ['trust', 'logs.console'])).toBe('logs.console');
  expect(nearestName('captureConsole', ['trust', 'logs.console'])).toBe('logs.console');
});

it.each(['PORT', 'XYZ', 'QUEUE_BYTES', '', 'DATA_DIR'])('finds nothing for %j, which is near to none', (name) => {
  expect(nearestName(name, ['TRUST', 'INGEST_KEY', 'REDACTION', 'ALLOWED_HOSTS'])).toBeUndefined();
});

it('takes what all names begin with for no likeness', () => {
  const known = ['THREADLINE_SDK_TRUST', 'THREADLINE_SDK_REDACTION'];
  expect(askForNearest('THREADLINE_SDK_TRSUT', known, 'THREADLINE_SDK_')).toBe(', did you mean THREADLINE_SDK_TRUST?');
  expect(askForNearest('THREADLINE_SDK_PORT', known, 'THREADLINE_SDK_')).toBe('');
});
