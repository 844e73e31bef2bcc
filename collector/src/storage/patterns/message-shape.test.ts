import { describe, expect, it } from 'vitest';
import { MAX_SHAPE_BYTES, MAX_SHAPE_TOKENS, MessageShape } from './message-shape.ts';
import { describeTemplate } from './template-text.ts';

function shapeOf(message: string): { readonly template: string; readonly key: string } {
  const shape = new MessageShape();
  const bytes = Buffer.from(`before${message}after`);
  shape.read(bytes, 6, bytes.length - 5);
  return { template: describeTemplate(shape.templateText()), key: `${shape.first} ${shape.second}` };
}

const templateOf = (message: string): string => shapeOf(message).template;

describe('the shape of a message', () => {
  it.each([
    ['order 17 paid', 'order <num> paid'],
    ['took 12ms, 1.5s or -3.25', 'took <num>, <num> or <num>'],
    ['order 3f2a9c1e-0000-4abc-8def-001122334455 created', 'order <uuid> created'],
    ['commit deadbeefcafe of 9f86d081884c7d65', 'commit <hex> of <hex>'],
    ['10.0.0.1:5432 refused 192.168.0.7', '<ip> refused <ip>'],
    ['2026-11-26T15:10:43.551Z start', '<time> start'],
    ['at 12:30:45.123 on 2026-11-26', 'at <time> on <time>'],
    ['user u123 has order A-42', 'user <id> has order <id>'],
    ['GET /api/v1/orders/17?page=2 200', 'GET /api/v1/orders/<num>?page=<num> <num>'],
    ['a.b.Service: started', 'a.b.Service: started'],
    ['주문 123건 접수', '주문 <num>건 접수'],
    ['订单123创建成功', '订单<num>创建成功'],
    ['{"level":30,"msg":"order paid","id":"a1"}', '{"level":<num>,"msg":"order paid","id":"<id>"}'],
    ['!!!', '!!!'],
    ['two   blanks\tand\nlines ', 'two blanks and lines '],
  ])('of %j is %j', (message, template) => {
    expect(templateOf(message)).toBe(template);
  });

  it('is one for messages that differ in what wildcards stand for and in blanks', () => {
    expect(shapeOf('order 1 paid').key).toBe(shapeOf('order   99 paid').key);
  });

  it.each([
    ['order 1 paid', 'order 1 sent'],
    ['order 1 paid', 'order 1 paid.'],
    ['order 1 paid', 'order 1  paid '],
    ['order 1', 'order ffffffffff'],
    ['a b', 'a-b'],
  ])('tells %j from %j', (one, other) => {
    expect(shapeOf(one).key).not.toBe(shapeOf(other).key);
  });

  it('has of a stack trace what stands before its first frame', () => {
    expect(templateOf('Error: no order 5\n    at find (/app/orders.js:12:3)\n    at run (/app/run.js:1:1)')).toBe(
      'Error: no order <num><rest>',
    );
  });

  it('has no more than the beginning of a long message', () => {
    const words = 'word '.repeat(MAX_SHAPE_TOKENS);
    expect(shapeOf(`${words}one`).key).toBe(shapeOf(`${words}another one`).key);
    expect(templateOf(`${words}one`)).toBe(`${words}<rest>`);
    const long = 'long-word-without-an-end '.repeat(1_000);
    expect(Buffer.byteLength(templateOf(long))).toBeLessThanOrEqual(MAX_SHAPE_BYTES + '<rest>'.length);
    expect(templateOf('x'.repeat(1024 * 1024))).toBe('<id><rest>');
  });

  it('cuts no character in two', () => {
    for (let length = 240; length < 260; length += 1) {
      const template = templateOf(`${'주'.repeat(length)} 접수 ${'문'.repeat(length)}`);
      expect(template).not.toContain('\ufffd');
    }
  });

  it('has no control character of the message', () => {
    expect(templateOf('a\u0001b\u000ec\u007fd')).toBe('a b c d');
  });

  it('is none for an empty text', () => {
    expect(new MessageShape().read(Buffer.from('abc'), 1, 1)).toBe(false);
  });
});
