import { isIP } from 'node:net';

/**
 * True where a request's Host header cannot have come from a page that made its own domain name point here (DNS rebinding):
 * an IP literal, `localhost` and names under it, or one of `allowedHosts` (names without a port, any case). A missing or malformed
 * header is not allowed.
 */
export function isHostAllowed(hostHeader: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = hostName(hostHeader ?? '');
  if (name === undefined) return false;
  if (isIP(name) !== 0) return true;
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return allowedHosts.some((allowed) => withoutDot(allowed.toLowerCase()) === name);
}

/** The name of `name`, `name:port`, `1.2.3.4:port` or `[::1]:port` in lower case; undefined for anything else. */
function hostName(hostHeader: string): string | undefined {
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(hostHeader);
  if (bracketed?.[1] !== undefined) return isIP(bracketed[1]) === 6 ? bracketed[1] : undefined;
  const plain = /^([a-z0-9_.-]+)(?::\d{1,5})?$/i.exec(hostHeader);
  return plain?.[1] === undefined ? undefined : withoutDot(plain[1].toLowerCase());
}

/** `shop.example.` and `shop.example` are the same name. */
function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
