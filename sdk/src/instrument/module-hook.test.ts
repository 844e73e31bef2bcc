import { describe, expect, it } from 'vitest';
import { formatRange, isInRange } from './module-hook.ts';

const RANGE = { least: '2.10.3', below: 4 };

describe('a range of versions', () => {
  it.each(['2.10.3', '2.10.4', '2.11.0', '3.0.0', '3.99.99', '3.1.0+build.5'])('has %s', (version) => {
    expect(isInRange(version, RANGE)).toBe(true);
  });

  it.each(['2.10.2', '2.9.9', '1.99.0', '4.0.0', '10.0.0', '3.0.0-rc.1', '4.0.0-beta', 'latest', ''])('has not %j', (version) => {
    expect(isInRange(version, RANGE)).toBe(false);
  });

  it('is shown as npm writes it', () => {
    expect(formatRange(RANGE)).toBe('>=2.10.3 <4');
  });
});
