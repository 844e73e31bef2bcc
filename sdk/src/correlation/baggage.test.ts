import { type Baggage, propagation } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/redactor.ts';
import { encodeBaggage, parseBaggage } from './baggage.ts';

const valuesOf = (header: string): [string, string][] =>
  parseBaggage(header)
    .baggage.getAllEntries()
    .map(([key, { value }]) => [key, value]);

describe('parseBaggage', () => {
  it('reads values, properties and the correlation id', () => {
    const { baggage, correlationId } = parseBaggage('tenant=a%20b;scope=x;y , correlation.id=abc,user=me');
    expect(correlationId).toBe('abc');
    expect(baggage.getAllEntries().map(([key, entry]) => [key, entry.value, entry.metadata?.toString()])).toEqual([
      ['tenant', 'a b', 'scope=x;y'],
      ['user', 'me', undefined],
    ]);
  });
  it('leaves malformed members out and keeps the others', () => {
    expect(
      parseBaggage(',=x,no value,bad key=1,good=1')
        .baggage.getAllEntries()
        .map(([key]) => key),
    ).toEqual(['good']);
  });
  it('reads a percent sign that encodes nothing as itself, and octets that are no UTF-8 as U+FFFD', () => {
    const header = 'discount=50%,lat=%E4x,cut=%e2%82,mixed=%C3%A4%zz%FF,café=no,latin=café%E4';
    expect(valuesOf(header)).toEqual([
      ['discount', '50%'],
      ['lat', '\ufffdx'],
      ['cut', '\ufffd'],
      ['mixed', 'ä%zz\ufffd'],
      ['latin', 'café\ufffd'],
    ]);
  });
  it('keeps the order of members and each key, whatever an object would make of it', () => {
    const header = 'b=1,10=x,__proto__=z,2=y,constructor=c';
    expect(valuesOf(header)).toEqual([
      ['b', '1'],
      ['10', 'x'],
      ['__proto__', 'z'],
      ['2', 'y'],
      ['constructor', 'c'],
    ]);
  });
  it('takes the last of two members with one key, in the place of the first', () => {
    expect(valuesOf('a=1,b=2,a=3')).toEqual([
      ['a', '3'],
      ['b', '2'],
    ]);
  });
});

describe('a baggage that was read', () => {
  const read = parseBaggage('2=b,1=a').baggage;
  const keysOf = (baggage: Baggage): string[] => baggage.getAllEntries().map(([key]) => key);
  it('is never changed: what is set, removed or cleared is in a new one', () => {
    expect(read.setEntry('0', { value: 'c' }).getEntry('0')).toEqual({ value: 'c' });
    expect(keysOf(read.setEntry('0', { value: 'c' }))).toEqual(['2', '1', '0']);
    expect(keysOf(read.removeEntry('2'))).toEqual(['1']);
    expect(keysOf(read.removeEntries('1', '2'))).toEqual([]);
    expect(keysOf(read.clear())).toEqual([]);
    expect(keysOf(read)).toEqual(['2', '1']);
    expect(read.getEntry('toString')).toBeUndefined();
  });
});

describe('encodeBaggage', () => {
  it('puts the correlation id first and what arrived behind it, byte for byte', () => {
    const header = 'a=%2F,b=x/y;p=1,10=1,discount=50%,lat=%E4x,__proto__=z';
    expect(encodeBaggage('id', parseBaggage(header).baggage)).toEqual({ header: `correlation.id=id,${header}`, droppedMembers: 0 });
  });
  it('encodes what a header cannot carry and round-trips it', () => {
    const value = 'a b,c;d"e\\fä%💡';
    const { header } = encodeBaggage(undefined, propagation.createBaggage({ k: { value } }));
    expect(header).toMatch(/^k=[\x21-\x7e]+$/);
    expect(parseBaggage(header).baggage.getEntry('k')?.value).toBe(value);
  });
  it('writes nothing for nothing', () => {
    expect(encodeBaggage(undefined, undefined)).toEqual({ header: '', droppedMembers: 0 });
  });
  it('keeps 64 members, the id among them, and counts the rest', () => {
    const members = Array.from({ length: 70 }, (_, index) => `k${index}=1`);
    const { header, droppedMembers } = encodeBaggage('id', parseBaggage(members.join(',')).baggage);
    expect(header.split(',')).toEqual(['correlation.id=id', ...members.slice(0, 63)]);
    expect(droppedMembers).toBe(7);
  });
  it('keeps 8,192 bytes and drops the last members beyond them', () => {
    const members = Array.from({ length: 9 }, (_, index) => `k${index}=${'x'.repeat(1000)}`);
    const { header, droppedMembers } = encodeBaggage('id', parseBaggage(members.join(',')).baggage);
    expect(header).toBe(['correlation.id=id', ...members.slice(0, 8)].join(','));
    expect(header.length).toBeLessThanOrEqual(8192);
    expect(droppedMembers).toBe(1);
  });
  it('hides the values of secrets, and leaves out properties with a secret in them', () => {
    const redactor = createRedactor({ names: ['ssn'], emails: false, patterns: [] });
    const { baggage } = parseBaggage('tenant=a;p=1,api_key=k;p=1,note=Bearer%20abc1,card=4111111111111111,ssn=1,safe=1;token=abc');
    expect(encodeBaggage('id', baggage, redactor).header).toBe(
      'correlation.id=id,tenant=a;p=1,api_key=REDACTED;p=1,note=Bearer%20REDACTED,card=REDACTED,ssn=REDACTED,safe=1',
    );
  });
});
