import type { Span } from '@threadline/collector/api';
import { ownText } from './any-value.ts';
import { SPAN_KIND } from './span-kind.ts';

/** Longer ones are cut: they are shown in a row beside others. */
const MAX_TARGET_CHARACTERS = 120;
/** What takes messages calls nobody. */
const TAKING_OPERATIONS: ReadonlySet<string> = new Set(['receive', 'process', 'deliver']);
const HOST_KEYS = ['server.address', 'net.peer.name', 'peer.service', 'http.host'];
/** Without who asks and what for. */
const HOST_AND_PATH = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)([^?#]*)/i;

/**
 * What a span calls or sends to, as far as its name does not say it: `api.example.com/v2/charge`, `postgresql shop`, `kafka orders`; the same as the collector's columns
 * of a trace have. Empty where it says nothing of it, and of kinds that call nobody.
 */
export function callTarget(span: Span): string {
  if (span.kind !== SPAN_KIND.client && span.kind !== SPAN_KIND.producer) return '';
  if (queueName(span) !== '' && TAKING_OPERATIONS.has(ownText(span, 'messaging.operation.type') || ownText(span, 'messaging.operation')))
    return '';
  const system = queueName(span) || databaseName(span);
  if (system !== '') return cut(withoutNamed(span.name, system, system.indexOf(' ')));
  const [, host = '', path = ''] = HOST_AND_PATH.exec(ownText(span, 'url.full') || ownText(span, 'http.url')) ?? [];
  if (host !== '') return cut(withoutNamed(span.name, path === '/' ? host : host + path, host.length));
  const peer = HOST_KEYS.map((key) => ownText(span, key)).find((text) => text !== '') ?? '';
  return cut(withoutNamed(span.name, peer, -1));
}

/** The part of a target that calls of one kind have in common: without the path of a URL, and nothing of an address, of which what is called may have many. */
export function targetHost(target: string): string {
  const slash = target.indexOf('/');
  const host = slash === -1 ? target : target.slice(0, slash);
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

/** Without what stands behind the end of its first part, where the name has that; nothing where the name has what is left as a word. */
function withoutNamed(name: string, target: string, end: number): string {
  const rest = end === -1 ? '' : target.slice(end).trim();
  const left = rest !== '' && name.includes(rest) ? target.slice(0, end) : target;
  return left !== '' && ` ${name} `.includes(` ${left} `) ? '' : left;
}

function cut(text: string): string {
  return text.length <= MAX_TARGET_CHARACTERS ? text : `${text.slice(0, MAX_TARGET_CHARACTERS)}…`.toWellFormed();
}
