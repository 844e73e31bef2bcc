import { describe, expect, it } from 'vitest';
import { joinBodies } from './join-bodies.ts';

const join = (...texts: string[]): string => Buffer.from(joinBodies(texts.map((text) => Buffer.from(text)))).toString();

describe('joinBodies', () => {
  it('makes one list of those in JSON, whatever stands in them', () => {
    expect(join('{"resourceSpans":[{"a":[1]}]}', '{"resourceSpans":[{"b":"]}["},{"c":"한"}]}')).toBe(
      '{"resourceSpans":[{"a":[1]},{"b":"]}["},{"c":"한"}]}',
    );
  });

  it('puts messages of protobuf one behind the other', () => {
    expect(join('\n\u0001a', '\n\u0001b')).toBe('\n\u0001a\n\u0001b');
  });

  it('leaves a body alone as it is', () => {
    const body = Buffer.from('{"resourceSpans":[]}');
    expect(joinBodies([body])).toBe(body);
    expect(() => joinBodies([])).toThrow('a batch has a body');
  });
});
