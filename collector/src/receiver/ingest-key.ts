import { createHash, timingSafeEqual } from 'node:crypto';
import { ThreadlineError } from '../errors.ts';

/** Throws `unauthenticated` unless the `authorization` header carries the key. */
export type CheckIngestKey = (authorization: string | undefined) => void;

const BEARER = /^bearer +(.+)$/i;

/** Without a key everything may send. The comparison takes the same time whatever is wrong. */
export function createIngestKeyCheck(key: string | undefined): CheckIngestKey {
  if (key === undefined) return () => undefined;
  const expected = digest(key);
  return (authorization) => {
    const sent = BEARER.exec(authorization?.trim() ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(sent), expected)) return;
    throw new ThreadlineError('unauthenticated', 'the ingest key is missing or wrong; send it as "authorization: Bearer KEY"');
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
