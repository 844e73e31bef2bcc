import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const defaults = { out: 'docs', work: 'work' };

describe('the options of a bench', () => {
  it('load a tenth in front of Elasticsearch, so that six rounds of both sides end within minutes', () => {
    expect(parseOptions([], defaults)).toMatchObject({ logs: 2_000_000, spans: 1_000_000 });
    expect(parseOptions(['--elasticsearch'], defaults)).toMatchObject({ logs: 200_000, spans: 100_000, measuresElasticsearch: true });
  });

  it('load what they say, also nothing of a signal', () => {
    expect(parseOptions(['--elasticsearch', '--logs', '0', '--spans', '5000'], defaults)).toMatchObject({ logs: 0, spans: 5_000 });
  });

  it('measure the steady rate for long enough that merges have their share of it', () => {
    expect(parseOptions([], defaults).plan).toMatchObject({ idleSeconds: 20, steadySeconds: 60 });
    expect(parseOptions(['--seconds', '5'], defaults).plan).toMatchObject({ idleSeconds: 5, steadySeconds: 15 });
  });

  it('are refused with the list of all where one is no number', () => {
    expect(() => parseOptions(['--logs', 'many'], defaults)).toThrow(/--logs is not a whole number.*\n.*npm run bench/);
  });
});
