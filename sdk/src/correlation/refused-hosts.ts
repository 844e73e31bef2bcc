/** An app that calls whatever host it is asked to must neither fill a log nor a memory. */
const MAX_HOSTS = 100;

/**
 * Says once for each host that it was told neither correlation id nor baggage, in time to allow it; after 100 hosts a
 * last line says that no more are named.
 */
export function createRefusedHosts(write: (line: string) => void): (host: string) => void {
  const named = new Set<string>();
  return (host) => {
    if (named.size > MAX_HOSTS || named.has(host)) return;
    named.add(host);
    if (named.size > MAX_HOSTS) write('threadline: further hosts that are not allowed are not named');
    else write(`threadline: ${host} is told neither correlation id nor baggage; if it is yours, add it to THREADLINE_SDK_ALLOWED_HOSTS`);
  };
}
