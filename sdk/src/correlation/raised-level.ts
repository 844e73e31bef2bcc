import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Context, createContextKey } from '@opentelemetry/api';
import { correlationIdOf } from './flow.ts';

/** The request header that asks for it, in lower case. From the first service on it travels in baggage, which every transport has. */
export const LOG_LEVEL_HEADER = 'x-log-level';
export const LOG_LEVEL_BAGGAGE_KEY = 'log.level';

/** What a flow may be raised to, as OpenTelemetry's severity numbers. */
export const RAISED_LEVELS = { trace: 1, debug: 5, info: 9 } as const;
export type RaisedLevelName = keyof typeof RAISED_LEVELS;

/** A key is shared by all services; one that can be guessed is none. */
export const MIN_KEY_CHARACTERS = 32;
/** What was signed for longer is refused: a signature that went astray does not open a flow for ever. */
export const MAX_VALID_MILLIS = 24 * 60 * 60 * 1000;

const TOKEN = /^([a-z]+)\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/;
const RAISED_KEY = createContextKey('threadline.raised-level');

/** Of the flow with this id, records from this severity number on are kept, whatever the level of their logger. */
interface RaisedLevel {
  readonly correlationId: string;
  readonly severity: number;
}

interface SignedLevel {
  readonly key: string;
  readonly correlationId: string;
  readonly level: RaisedLevelName;
  readonly untilMillis: number;
}

/** What `x-log-level` says: `debug.1790000600.`, then HMAC-SHA256 of that and of the correlation id, in base64url. */
export function signLevel({ key, correlationId, level, untilMillis }: SignedLevel): string {
  const said = `${level}.${Math.floor(untilMillis / 1000)}`;
  return `${said}.${signatureOf(key, said, correlationId)}`;
}

export interface LevelCheck {
  /** Any of them may have signed. */
  readonly keys: readonly string[];
  /** Of the request that has the token: what was signed for one flow raises no other. */
  readonly correlationId: string | undefined;
  readonly nowMillis: number;
}

/** The level that was signed, or in a few words why it is not believed. */
export function verifyLevel(token: string, { keys, correlationId, nowMillis }: LevelCheck): RaisedLevel | string {
  const [, level = '', seconds = '', signature = ''] = TOKEN.exec(token) ?? [];
  if (!isRaisedLevelName(level)) return 'it is not <trace, debug or info>.<until>.<signature>';
  if (correlationId === undefined) return 'the request has no correlation id';
  const given = Buffer.from(signature);
  if (!keys.some((key) => timingSafeEqual(Buffer.from(signatureOf(key, `${level}.${seconds}`, correlationId)), given)))
    return 'it is not signed with this service’s key for this correlation id';
  const leftMillis = Number(seconds) * 1000 - nowMillis;
  if (leftMillis < 0) return 'its time is over';
  if (leftMillis > MAX_VALID_MILLIS) return 'it is signed for more than 24 hours';
  return { correlationId, severity: RAISED_LEVELS[level] };
}

/** A context in which the flow is raised, until another flow begins in it. */
export function setRaisedLevel(context: Context, raised: RaisedLevel): Context {
  return context.setValue(RAISED_KEY, raised);
}

/** Whether records of this severity number are kept in this context, whatever the level of their logger. */
export function isRaised(context: Context, severity: number): boolean {
  const raised = raisedLevelOf(context);
  return raised !== undefined && severity >= raised.severity;
}

/** Whether somebody wants to see all of the flow that the context belongs to. */
export function isFlowRaised(context: Context): boolean {
  return raisedLevelOf(context) !== undefined;
}

export function isRaisedLevelName(text: string): text is RaisedLevelName {
  return Object.hasOwn(RAISED_LEVELS, text);
}

function raisedLevelOf(context: Context): RaisedLevel | undefined {
  const raised = context.getValue(RAISED_KEY);
  return isRaisedLevel(raised) && raised.correlationId === correlationIdOf(context) ? raised : undefined;
}

function isRaisedLevel(value: unknown): value is RaisedLevel {
  return typeof value === 'object' && value !== null && 'severity' in value && 'correlationId' in value;
}

function signatureOf(key: string, said: string, correlationId: string): string {
  return createHmac('sha256', key).update(`${said}.${correlationId}`).digest('base64url');
}
