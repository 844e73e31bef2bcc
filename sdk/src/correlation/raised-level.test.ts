import { ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { setFlow } from './flow.ts';
import { isFlowRaised, isRaised, MAX_VALID_MILLIS, setRaisedLevel, signLevel, verifyLevel } from './raised-level.ts';

const KEY = 'a key that all services of a team share';
const NOW = 1_790_000_000_000;
const SIGNED = { key: KEY, correlationId: 'order-7', level: 'debug', untilMillis: NOW + 60_000 } as const;
const CHECK = { keys: [KEY], correlationId: 'order-7', nowMillis: NOW };
const REFUSED = { signature: expect.stringContaining('not signed'), form: expect.stringContaining('<signature>') };

describe('verifyLevel', () => {
  it('believes what was signed with one of the keys, for this flow', () => {
    expect(verifyLevel(signLevel(SIGNED), CHECK)).toEqual({ correlationId: 'order-7', severity: 5 });
    expect(
      verifyLevel(signLevel({ ...SIGNED, level: 'trace' }), { ...CHECK, keys: ['the key before this one and still known', KEY] }),
    ).toEqual({
      correlationId: 'order-7',
      severity: 1,
    });
  });

  it('believes nothing else, and says why', () => {
    const token = signLevel(SIGNED);
    expect(verifyLevel(token, { ...CHECK, keys: ['another key that nobody told this service'] })).toEqual(REFUSED.signature);
    expect(verifyLevel(token, { ...CHECK, keys: [] })).toEqual(REFUSED.signature);
    expect(verifyLevel(token, { ...CHECK, correlationId: 'order-8' })).toEqual(REFUSED.signature);
    expect(verifyLevel(token, { ...CHECK, correlationId: undefined })).toBe('the request has no correlation id');
    expect(verifyLevel(token.replace('debug', 'trace'), CHECK)).toEqual(REFUSED.signature);
    expect(verifyLevel(token.replace('1790000060', '1790000061'), CHECK)).toEqual(REFUSED.signature);
    expect(verifyLevel(token, { ...CHECK, nowMillis: NOW + 60_001 })).toBe('its time is over');
    expect(verifyLevel(signLevel({ ...SIGNED, untilMillis: NOW + MAX_VALID_MILLIS + 1000 }), CHECK)).toBe(
      'it is signed for more than 24 hours',
    );
  });

  it.each([
    '',
    'debug',
    'debug.1.x',
    'toString.1.x',
    `error.1790000060.${'A'.repeat(43)}`,
    `debug.1790000060.${'ü'.repeat(43)}`,
    '.'.repeat(1e6),
  ])('takes %j for no level', (token) => {
    expect(verifyLevel(token, CHECK)).toEqual(REFUSED.form);
  });
});

describe('a raised context', () => {
  const flow = (id: string) => setFlow(ROOT_CONTEXT, { id, external: undefined });
  const raised = setRaisedLevel(flow('order-7'), { correlationId: 'order-7', severity: 5 });

  it('keeps records from the level on', () => {
    expect(isRaised(raised, 5)).toBe(true);
    expect(isRaised(raised, 9)).toBe(true);
    expect(isRaised(raised, 1)).toBe(false);
    expect(isFlowRaised(raised)).toBe(true);
  });

  it('raises no other flow, also none that begins in it', () => {
    expect(isRaised(flow('order-7'), 5)).toBe(false);
    expect(isRaised(setFlow(raised, { id: 'import-1', external: undefined }), 5)).toBe(false);
    expect(isFlowRaised(setFlow(raised, { id: 'import-1', external: undefined }))).toBe(false);
  });
});
