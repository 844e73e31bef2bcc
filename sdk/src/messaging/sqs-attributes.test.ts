import { describe, expect, it } from 'vitest';
import { addContextAttributes, askForContext, hideContext, readContextAttributes } from './sqs-attributes.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const fields = { traceparent, baggage: 'correlation.id=a', tracestate: 'x=1' };
const text = (value: string) => ({ DataType: 'String', StringValue: value });
const own = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`own${index}`, text('kept')]));

describe('a message that is sent', () => {
  it('gets what there is room for, and the app’s object stays as it was', () => {
    const input = Object.freeze({ MessageBody: 'body', MessageAttributes: Object.freeze(own(7)) });
    expect(addContextAttributes(input, fields)).toEqual({
      MessageBody: 'body',
      MessageAttributes: { ...own(7), traceparent: text(traceparent), baggage: text(fields.baggage), tracestate: text('x=1') },
    });
  });

  it.each([
    [8, { baggage: text(fields.baggage) }],
    [9, { baggage: text(fields.baggage) }],
    [10, {}],
  ])('with %i attributes has its trace in the system’s, which can be read back', (count, added) => {
    const sent = addContextAttributes({ MessageAttributes: own(count) }, fields);
    const header = 'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1';
    expect(sent).toEqual({ MessageAttributes: { ...own(count), ...added }, MessageSystemAttributes: { AWSTraceHeader: text(header) } });
    expect(readContextAttributes({ Attributes: { AWSTraceHeader: header } })).toEqual({ traceparent });
  });

  it.each([
    [8, { traceparent: text(traceparent), baggage: text(fields.baggage) }],
    [9, { traceparent: text(traceparent) }],
    [10, {}],
    [11, {}],
  ])('with %i attributes and no system’s, as in SNS, has what there is room for, the trace first', (count, added) => {
    const sent = addContextAttributes({ MessageAttributes: own(count) }, fields, { hasSystemAttributes: false });
    expect(sent).toEqual({ MessageAttributes: { ...own(count), ...added } });
  });

  it('is left alone where the app has put a traceparent or a trace header of its own', () => {
    const traced = { MessageAttributes: { traceparent: text('own') } };
    expect(addContextAttributes(traced, fields)).toBe(traced);
    const headed = { MessageAttributes: own(10), MessageSystemAttributes: { AWSTraceHeader: text('own') } };
    expect(addContextAttributes(headed, fields)).toEqual(headed);
  });
});

describe('a message that SNS put into a queue', () => {
  const notification = (more: object = {}) =>
    JSON.stringify({
      Type: 'Notification',
      Message: 'hello',
      MessageAttributes: { traceparent: { Type: 'String', Value: traceparent } },
      ...more,
    });

  it('carries what was published, in its notification or, raw, in its own attributes', () => {
    expect(readContextAttributes({ Body: notification() })).toEqual({ traceparent });
    const other = traceparent.replace('0af7', '1af7');
    expect(readContextAttributes({ Body: notification(), MessageAttributes: { traceparent: text(other) } })).toEqual({
      traceparent: other,
    });
    // X-Ray's header, which SNS hands on, is of whoever else traces.
    const Attributes = { AWSTraceHeader: 'Root=1-1af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1' };
    expect(readContextAttributes({ Body: notification(), Attributes })).toEqual({ traceparent });
  });

  it.each([
    ['no JSON', `{"traceparent" ${traceparent}`],
    ['no notification', notification({ Type: 'Order' })],
    ['none with attributes', notification({ MessageAttributes: '"traceparent"' })],
    ['a list', `[${notification()}]`],
  ])('carries nothing where its body is %s', (_, Body) => {
    expect(readContextAttributes({ Body })).toEqual({});
  });
});

describe('a receiving call', () => {
  it('asks for ours and takes out of a message what the app did not ask for', () => {
    const asked = askForContext({ QueueUrl: 'q', MessageAttributeNames: ['own0'] });
    expect(asked.input).toEqual({
      QueueUrl: 'q',
      MessageAttributeNames: ['own0', 'traceparent', 'baggage', 'tracestate'],
      MessageSystemAttributeNames: ['AWSTraceHeader'],
    });
    const message = { MessageAttributes: { own0: text('kept'), traceparent: text(traceparent) }, Attributes: { AWSTraceHeader: 'x' } };
    hideContext(message, asked);
    expect(message).toEqual({ MessageAttributes: { own0: text('kept') } });
  });

  it.each([[['All']], [['.*']], [['trace.*', 'baggage']]])('that asks for %j sees what it asked for', (names) => {
    const asked = askForContext({ MessageAttributeNames: names, AttributeNames: ['All'] });
    const message = { MessageAttributes: { traceparent: text(traceparent) }, Attributes: { AWSTraceHeader: 'x', SenderId: 'me' } };
    hideContext(message, asked);
    expect(message).toEqual({ MessageAttributes: { traceparent: text(traceparent) }, Attributes: { AWSTraceHeader: 'x', SenderId: 'me' } });
  });

  it.each(['', 'Root=1-0af76519-16cd43dd8448eb211c80319c', 'Parent=b7ad6b7169203331', 'Self=1-2-3'])(
    'reads no trace from the header %j',
    (header) => {
      expect(readContextAttributes({ Attributes: { AWSTraceHeader: header } })).toEqual({ traceparent: undefined });
    },
  );
});
