import { describe, expect, it } from 'vitest';
import { EventParser } from './event-parser.ts';

const STREAM =
  'retry: 2000\nevent: start\nid: 7\ndata: {"a":1}\n\n: a comment\nid: 8\n\nevent: arrivals\nid:9\ndata: 주문\ndata: second\n\n';

describe('EventParser', () => {
  it('gives the events of a stream, wherever it is cut', () => {
    for (let size = 1; size <= STREAM.length; size += 1) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < STREAM.length; at += size) events.push(...parser.push(STREAM.slice(at, at + size)));
      expect(events, `in pieces of ${size}`).toEqual([
        { event: 'start', data: '{"a":1}' },
        { event: 'arrivals', data: '주문\nsecond' },
      ]);
      expect(parser.lastEventId).toBe('9');
    }
  });

  it('remembers an id that comes without an event', () => {
    const parser = new EventParser();
    expect(parser.push('id: 3\n\n')).toEqual([]);
    expect(parser.lastEventId).toBe('3');
  });

  it('takes lines that end as on other systems', () => {
    const parser = new EventParser();
    expect([...parser.push('data: a\r'), ...parser.push('\n\r\n'), ...parser.push('data: b\r\rdata: c\n\n')]).toEqual([
      { event: 'message', data: 'a' },
      { event: 'message', data: 'b' },
      { event: 'message', data: 'c' },
    ]);
  });

  it('gives nothing of an event that is not complete', () => {
    expect(new EventParser().push('event: arrivals\ndata: half\n')).toEqual([]);
  });
});
