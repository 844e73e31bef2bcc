import { createHash, timingSafeEqual } from 'node:crypto';
import { ThreadlineError } from '../errors.ts';

/** Throws `unauthenticated` unless the `authorization` header carries the key. */
export type CheckIngestKey = (authorization: string | undefined) => void;

const BEARER = /^bearer +(.+)$/i;
/** What senders of other protocols can be told a key as: a password, or an API key of Elasticsearch. Both are base64 of `name:key`. */
const NAMED_KEY = /^(?:basic|apikey) +([A-Za-z0-9+/_=-]+)$/i;

/**
 * Without a key everything may send. Beside a bearer token the key may be the password of Basic or the key of ApiKey, under any name. The
 * comparison takes the same time whatever is wrong.
 */
export function createIngestKeyCheck(key: string | undefined): CheckIngestKey {
  if (key === undefined) return () => undefined;
  const expected = digest(key);
  return (authorization) => {
    const sent = keyOf(authorization?.trim() ?? '');
    if (timingSafeEqual(digest(sent), expected)) return;
    throw new ThreadlineError('unauthenticated', 'the ingest key is missing or wrong; send it as "authorization: Bearer KEY"');
  };
}

/** Empty where there is none. */
function keyOf(authorization: string): string {
  const named = NAMED_KEY.exec(authorization)?.[1];
  if (named === undefined) return BEARER.exec(authorization)?.[1] ?? '';
  const text = Buffer.from(named, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
