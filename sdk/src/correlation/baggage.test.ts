import { propagation } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/redactor.ts';
import { encodeBaggage, parseBaggage } from './baggage.ts';

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
      parseBaggage(',=x,no value,bad key=1,broken=%zz,good=1')
        .baggage.getAllEntries()
        .map(([key]) => key),
    ).toEqual(['good']);
  });
});

describe('encodeBaggage', () => {
  it('puts the correlation id first and what arrived behind it, byte for byte', () => {
    const header = 'a=%2F,b=x/y;p=1,c=1';
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
