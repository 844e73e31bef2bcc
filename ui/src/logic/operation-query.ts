import { quoteValue } from '@threadline/query-language';
import { recordFilter } from './query-filter.ts';
import { SPAN_KIND } from './span-kind.ts';

/** What is served over HTTP is counted under its method and its route, whatever its span is called; without a route under the method alone. */
const SERVED = /^([A-Z]+)(?: (\/.*))?$/s;

/** A query that finds the spans of one of a service's operations. */
export function operationQuery({ name, kind }: { readonly name: string; readonly kind: number }): string {
  const [, method, route] = kind === SPAN_KIND.server ? (SERVED.exec(name) ?? []) : [];
  const named = recordFilter('name', name);
  if (method === undefined) return named;
  const asked = `(http.request.method:${method} OR http.method:${method})`;
  const at = route === undefined ? '-http.route:*' : `http.route:${quoteValue(route)}`;
  return `kind:server (${named} OR (${asked} ${at}))`;
}
