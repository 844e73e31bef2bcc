import type { QueryTarget } from '@threadline/query-language';

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

/** The page is a list of what the query finds, or shows one of what it found: its query stands above it. Others have nothing that it is about. */
export function isOfQuery(pathname: string): boolean {
  const section = sectionOf(pathname);
  return section === 'logs' || section === 'traces' || section === 'flows';
}

/** What a query searches from the page. */
export function targetOf(pathname: string): QueryTarget {
  return sectionOf(pathname) === 'traces' ? 'spans' : 'logs';
}

/** The page's address has a range, and no query: it stays where it is when the range changes. */
export function isOfRange(pathname: string): boolean {
  return pathname === '/errors' || sectionOf(pathname) === 'services';
}
