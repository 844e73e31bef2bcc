/** The entries of the rail. */
export type Section = 'logs' | 'traces' | 'flows' | 'services' | 'errors' | 'status';

/** The rail's entry that a page belongs to; undefined for an address that is no page. */
export function sectionOf(pathname: string): Section | undefined {
  if (pathname === '/logs') return 'logs';
  if (pathname === '/traces' || pathname.startsWith('/trace/')) return 'traces';
  if (pathname === '/status') return 'status';
  if (pathname === '/errors') return 'errors';
  if (pathname === '/services' || pathname.startsWith('/service/')) return 'services';
  return pathname === '/flows' || pathname.startsWith('/flow/') ? 'flows' : undefined;
}

/** The page's address has a range, and no query: it stays where it is when the range changes. */
export function isOfRange(pathname: string): boolean {
  return pathname === '/errors' || sectionOf(pathname) === 'services';
}
