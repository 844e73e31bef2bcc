import type { Span } from '@threadline/collector/api';
import { formatCallTarget, withoutPath } from '@threadline/query-language';
import { ownText } from './any-value.ts';
import { SPAN_KIND } from './span-kind.ts';

/** What takes messages calls nobody. */
const TAKING_OPERATIONS: ReadonlySet<string> = new Set(['receive', 'process', 'deliver']);
const HOST_KEYS = ['server.address', 'net.peer.name', 'peer.service', 'http.host'];

/**
 * What a span calls or sends to, as far as its name does not say it: `api.example.com/v2/charge`, `postgresql shop`, `kafka orders`; the same as the collector's columns
 * of a trace have. Empty where it says nothing of it, and of kinds that call nobody.
 */
export function callTarget(span: Span): string {
  if (span.kind !== SPAN_KIND.client && span.kind !== SPAN_KIND.producer) return '';
  if (queueName(span) !== '' && TAKING_OPERATIONS.has(ownText(span, 'messaging.operation.type') || ownText(span, 'messaging.operation')))
    return '';
  const system = queueName(span) || databaseName(span);
  if (system !== '') return formatCallTarget(span.name, { peer: system, url: '' });
  const peer = HOST_KEYS.map((key) => ownText(span, key)).find((text) => text !== '') ?? '';
  return formatCallTarget(span.name, { peer, url: ownText(span, 'url.full') || ownText(span, 'http.url') });
}

/** The part of a target that calls of one kind have in common: without the path of a URL, and nothing of an address, of which what is called may have many. */
export function targetHost(target: string): string {
  const host = withoutPath(target);
  return ADDRESS.test(host) ? '' : host;
}

/** Of IPv4, or of IPv6 in brackets or without, with a port or without. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]|[\da-f]*:[\da-f]*:[\da-f:.]*)(?::\d+)?$/i;

/** The system of a span's messages and where they go, or come from: `kafka orders`. Empty where it has none. */
export function queueName(span: Span): string {
  const system = ownText(span, 'messaging.system');
  if (system === '') return '';
  return `${system} ${ownText(span, 'messaging.destination.name') || ownText(span, 'messaging.destination')}`.trim();
}

/** The database that a span asks: `postgresql shop`. Empty where it asks none. */
export function databaseName(span: Span): string {
  const system = ownText(span, 'db.system.name') || ownText(span, 'db.system');
  if (system === '') return '';
  return `${system} ${ownText(span, 'db.namespace') || ownText(span, 'db.name') || ownText(span, 'server.address')}`.trim();
}
