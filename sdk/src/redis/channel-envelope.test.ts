import { describe, expect, it } from 'vitest';
import { openEnvelope, sealEnvelope } from './channel-envelope.ts';

const fields = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', baggage: 'correlation.id=a' };

describe('an envelope', () => {
  it.each(['', 'text', '{"a":1}', 'two\nlines\n', '\u0001threadline {}\nin another', 'ümläut 🙂'])('gives back the text %j', (message) => {
    expect(openEnvelope(sealEnvelope(message, fields))).toEqual({ fields, message });
  });

  it('gives back bytes, byte for byte', () => {
    const message = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const opened = openEnvelope(sealEnvelope(message, fields));
    expect(opened?.fields).toEqual(fields);
    expect(opened?.message).toEqual(message);
  });

  it.each([
    '',
    'text',
    '\u0001threadline',
    '\u0001threadline {"a":1}',
    '\u0001threadline {"a":\n',
    '\u0001threadline 7\n',
    7,
    null,
    undefined,
  ])('is not seen in %j', (message) => {
    expect(openEnvelope(message)).toBeUndefined();
  });

  it('is not put around what no client would send', () => {
    const message = { a: 1 };
    expect(sealEnvelope(message, fields)).toBe(message);
  });
});
