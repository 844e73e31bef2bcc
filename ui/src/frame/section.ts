/** The entries of the rail. */
export type Section = 'logs' | 'traces' | 'flows' | 'errors' | 'status';

/** The rail's entry that a page belongs to; undefined for an address that is no page. */
export function sectionOf(pathname: string): Section | undefined {
  if (pathname === '/logs') return 'logs';
  if (pathname === '/traces' || pathname.startsWith('/trace/')) return 'traces';
  if (pathname === '/status') return 'status';
  if (pathname === '/errors') return 'errors';
  return pathname === '/flows' || pathname.startsWith('/flow/') ? 'flows' : undefined;
}
