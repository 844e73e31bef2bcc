import { describe, expect, it } from 'vitest';
import { fieldsOf, mappingOf } from './new-fields.ts';

const DOCUMENTS = [
  { attributes: { keys: ['a.b', 'n'], string: { 'a.b': 'x' }, long: { n: 1 } }, resource: { string: { host: 'h' } } },
  { attributes: { string: { 'a.b': 'y', a: 'z' }, boolean: { on: true }, double: { n: 0.5 } } },
  { message: 'none' },
];
const BYTES = Buffer.from(DOCUMENTS.map((document, id) => `{"create":{"_id":"${id}"}}\n${JSON.stringify(document)}\n`).join(''));

const typed = (properties: object) => ({ type: 'object', dynamic: true, subobjects: false, properties });
const KEYWORD = expect.objectContaining({ type: 'keyword' });

describe('the typed fields of a bulk request', () => {
  it('are each key once of each place and type, with the mapping that it would get by itself', () => {
    expect(mappingOf(fieldsOf(BYTES, 100), 100)).toEqual({
      properties: {
        attributes: {
          properties: {
            string: typed({ 'a.b': KEYWORD, a: KEYWORD }),
            long: typed({ n: { type: 'long', coerce: false } }),
            boolean: typed({ on: { type: 'boolean' } }),
            double: typed({ n: { type: 'double', coerce: false } }),
          },
        },
        resource: { properties: { string: typed({ host: KEYWORD }) } },
      },
    });
  });

  it('are at most as many as are wanted', () => {
    expect(mappingOf(fieldsOf(BYTES, 2), 100)).toEqual({
      properties: { attributes: { properties: { string: typed({ 'a.b': KEYWORD }), long: typed({ n: expect.anything() }) } } },
    });
    expect(mappingOf(fieldsOf(BYTES, 100), 1)).toEqual({
      properties: { attributes: { properties: { string: typed({ 'a.b': KEYWORD }) } } },
    });
  });

  it('are looked for no further where hundreds of documents in a row bring no other', () => {
    const line = (key: string) => `{"create":{}}\n${JSON.stringify({ attributes: { string: { [key]: 'x' } } })}\n`;
    const keysOf = (same: number) =>
      fieldsOf(Buffer.from(`${line('same').repeat(same)}${line('other')}`), 10)
        .get('attributes')
        ?.get('string');
    expect([...(keysOf(200) ?? [])]).toEqual(['same', 'other']);
    expect([...(keysOf(2_000) ?? [])]).toEqual(['same']);
  });

  it('are none of documents that have none', () => {
    expect(fieldsOf(Buffer.from('{"create":{}}\n{"message":"x"}\n'), 10).size).toBe(0);
  });
});
