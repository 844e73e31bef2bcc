import { describe, expect, it } from 'vitest';
import { isCorrelationId } from './correlation-id.ts';

describe('isCorrelationId', () => {
  it.each(['a', '0af7651916cd43dd8448eb211c80319c', 'A.z_9~:/@+=-', 'x'.repeat(128)])('accepts %j', (id) => {
    expect(isCorrelationId(id)).toBe(true);
  });
  it.each(['', ' a', 'a b', 'a,b', 'a;b', 'a%20', 'ä', 'a\n', 'x'.repeat(129), undefined, 5, null])('refuses %j', (id) => {
    expect(isCorrelationId(id)).toBe(false);
  });
});
