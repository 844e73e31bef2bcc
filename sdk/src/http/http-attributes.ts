import type { Attributes } from '@opentelemetry/api';
import { hideSecretValues } from './secret-query.ts';

/** The methods that the semantic conventions know; any other would make a span name of a stranger's choice. */
const KNOWN_METHODS: ReadonlyMap<string, MethodNames> = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'].map((method) => [
    method,
    { spanName: method, attributes: { 'http.request.method': method } },
  ]),
);

/** The method as an attribute and as the beginning of the span's name. */
export interface MethodNames {
  readonly spanName: string;
  readonly attributes: Attributes;
}

/** `http.request.method`, `_OTHER` for one that is not known, with the original beside it. */
export function describeHttpMethod(method: string): MethodNames {
  const known = KNOWN_METHODS.get(method);
  if (known !== undefined) return known;
  return { spanName: 'HTTP', attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': method } };
}

/** What a server knows of a request, whatever its protocol. */
export interface ServedRequest {
  readonly method: string;
  /** The request target as it arrived. */
  readonly target: string;
  readonly scheme: string;
  readonly protocolVersion: string;
  /** `host`, `:authority`. */
  readonly authority: string | undefined;
  header(name: string): string | undefined;
  readonly peer: { readonly address: string | undefined; readonly port: number | undefined };
}

/** A server span's stable HTTP attributes. A proxy's `x-forwarded-*` says whom the caller asked and from where. */
export function serverAttributes(names: MethodNames, request: ServedRequest): Attributes {
  const { path, query } = splitTarget(request.target);
  const attributes: Attributes = {
    ...names.attributes,
    'url.scheme': firstOf(request.header('x-forwarded-proto')) ?? request.scheme,
    'url.path': path,
    'network.protocol.version': request.protocolVersion,
  };
  if (query !== '') attributes['url.query'] = hideSecretValues(query);
  const server = splitAuthority(firstOf(request.header('x-forwarded-host')) ?? request.authority ?? '');
  if (server.host !== '') attributes['server.address'] = server.host;
  if (server.port !== undefined) attributes['server.port'] = server.port;
  const { address, port } = request.peer;
  const client = firstOf(request.header('x-forwarded-for')) ?? address;
  if (client !== undefined) attributes['client.address'] = client;
  if (address !== undefined) attributes['network.peer.address'] = address;
  if (port !== undefined) attributes['network.peer.port'] = port;
  const agent = request.header('user-agent');
  if (agent !== undefined) attributes['user_agent.original'] = agent;
  return attributes;
}

/** The one that came before: a service is asked under one name, again and again. */
let lastAuthority = { text: '', parts: readAuthority('') };

/** `host`, `host:port`, `[::1]:port`; the port is undefined where there is none. */
export function splitAuthority(authority: string): Authority {
  if (authority !== lastAuthority.text) lastAuthority = { text: authority, parts: readAuthority(authority) };
  return lastAuthority.parts;
}

interface Authority {
  readonly host: string;
  readonly port: number | undefined;
}

function readAuthority(authority: string): Authority {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(authority);
  if (match === null) return { host: authority, port: undefined };
  return { host: match[1] ?? match[2] ?? '', port: match[3] === undefined ? undefined : Number(match[3]) };
}

/** A request target: `/path?query`, and what a proxy is asked, an address with its scheme. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const local = target.startsWith('/') ? null : /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target);
  const relative = local === null ? target : target.slice(local[0].length);
  const end = relative.indexOf('?');
  if (end === -1) return { path: relative === '' ? '/' : relative, query: '' };
  return { path: end === 0 ? '/' : relative.slice(0, end), query: relative.slice(end + 1) };
}

/**
 * Where a request leads whose target is a whole address, as a proxy is asked: the connection leads to the proxy. Undefined for
 * a path, and for what is no address of a host.
 */
export function proxiedUrl(target: string): URL | undefined {
  if (target.startsWith('/') || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  return url.hostname === '' ? undefined : url;
}

function firstOf(list: string | undefined): string | undefined {
  if (list === undefined) return undefined;
  const comma = list.indexOf(',');
  const first = (comma === -1 ? list : list.slice(0, comma)).trim();
  return first === '' ? undefined : first;
}
