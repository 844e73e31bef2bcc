/** The rail's entry that a page belongs to; undefined for an address that is no page. */
export function sectionOf(pathname: string): 'logs' | 'traces' | 'flows' | undefined {
  if (pathname === '/logs') return 'logs';
  if (pathname === '/traces' || pathname.startsWith('/trace/')) return 'traces';
  return pathname === '/flows' || pathname.startsWith('/flow/') ? 'flows' : undefined;
}
