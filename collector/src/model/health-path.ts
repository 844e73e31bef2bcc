/** Last words of paths that orchestrators, balancers and scrapers ask again and again. */
const HEALTH_PATH = /^(?:\/[\w.~-]+)*\/(?:health|healthz|healthcheck|ready|readyz|readiness|live|livez|liveness|metrics)\/?$/i;

/** A path or a route that orchestrators and balancers ask to see whether a service lives. */
export function isHealthPath(path: string): boolean {
  const end = path.search(/[?#]/);
  return HEALTH_PATH.test(end === -1 ? path : path.slice(0, end));
}
