import { describe, expect, it } from 'vitest';
import { permalink } from './permalink.ts';

const NOW = Date.parse('2026-11-23T14:00:00.000Z');
const RANGE = 'from=2026-11-23T13:45:00.000Z&to=2026-11-23T14:00:00.000Z';

describe('permalink', () => {
  it('fixes the range of every page that has one, the default one too', () => {
    for (const path of ['/logs', '/traces', '/flows', '/services', '/service/orders', '/errors']) {
      expect(permalink(`http://localhost:4319${path}`, NOW, {}), path).toBe(`http://localhost:4319${path}?${RANGE}`);
    }
  });

  it('keeps all else that the address has, and a range that is fixed already', () => {
    expect(permalink('http://a/logs?q=level:error&sel=x&from=now-1h&to=now-30m&cols=a%252Cb', NOW, {})).toBe(
      'http://a/logs?q=level:error&sel=x&from=2026-11-23T13:00:00.000Z&to=2026-11-23T13:30:00.000Z&cols=a%252Cb',
    );
    expect(permalink(`http://a/logs?${RANGE}`, NOW + 1, {})).toBe(`http://a/logs?${RANGE}`);
  });

  it('begins the list where the reader is, not where the link that they came by did', () => {
    const at = '2026-11-23T13:50:00.000000001Z_b';
    expect(permalink(`http://a/logs?q=x&at=2026-11-23T13:49:00.000000001Z_a`, NOW, { at })).toBe(`http://a/logs?q=x&at=${at}&${RANGE}`);
    expect(permalink('http://a/logs?live=1', NOW, { at })).toBe('http://a/logs?live=1');
  });

  it('leaves alone what has no range, a range that is none, and a live view', () => {
    for (const href of [
      'http://a/trace/x?view=flame',
      'http://a/flow/x',
      'http://a/status',
      'http://a/logs?from=tomorrow',
      'http://a/logs?live=1',
    ]) {
      expect(permalink(href, NOW, {})).toBe(href);
    }
  });
});
