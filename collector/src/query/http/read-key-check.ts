import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an `authorization` header carries the read key as a bearer token. The comparison takes the same time for every
 * wrong key, whatever its length (RFC 6750, section 2.1; the scheme's name in any case).
 */
export function hasReadKey(authorization: string | undefined, readKey: string): boolean {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(token), digest(readKey));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
