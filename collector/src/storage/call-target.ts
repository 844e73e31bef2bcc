import { PEER_KEYS, type Peer, spanPeer } from './figures/span-meaning.ts';

/** OpenTelemetry's numbers of span kinds. */
const CLIENT = 3;
const PRODUCER = 4;
/** The second one's name is what it was called before. */
export const URL_KEYS: readonly string[] = ['url.full', 'http.url'];
/** All keys that tell a target, in no order. */
export const TARGET_KEYS: readonly string[] = [...PEER_KEYS, ...URL_KEYS];
/** Of so many of a trace, which nobody looks at one by one, those that come after are told by their host alone: a hundred thousand URLs take longer than all else. */
export const MAX_TARGETS = 1_000;
/** Longer ones are cut: they are shown in a row beside others. */
const MAX_TARGET_CHARACTERS = 120;
/** Without who asks and what for. */
const HOST_AND_PATH = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)([^?#]*)/i;

/** Whether a span of the kind has a target. */
export function hasTarget(kind: number): boolean {
  return kind === CLIENT || kind === PRODUCER;
}

/**
 * What a span calls or sends to, for a person, as far as its name does not say it: `api.example.com/v2/charge`, `postgresql shop`, `kafka orders`. Empty where it says
 * nothing of it, and of kinds that call nobody. `textOfKey` gives the text of an attribute of the span.
 */
export function callTarget({ name, kind }: { readonly name: string; readonly kind: number }, textOfKey: TextOfKey): string {
  return hasTarget(kind) ? targetOfPeer(name, spanPeer(kind, textOfKey), textOfKey) : '';
}

type TextOfKey = (key: string) => string | undefined;

/** As `callTarget`, of a span whose peer is known; by the host alone where `textOfKey` gives no URL. */
export function targetOfPeer(name: string, peer: Peer | undefined, textOfKey: TextOfKey): string {
  if (peer === undefined || peer.isSource) return '';
  if (peer.type !== 'external') return cut(withoutNamed(name, peer.name, peer.name.indexOf(' ')));
  const url = URL_KEYS.map(textOfKey).find((text) => text !== undefined && text !== '') ?? '';
  const [, host = '', path = ''] = HOST_AND_PATH.exec(url) ?? [];
  return cut(host === '' ? withoutNamed(name, peer.name, -1) : withoutNamed(name, path === '/' ? host : host + path, host.length));
}

/** A target without the path of its URL. */
export function shortTarget(target: string): string {
  const slash = target.indexOf('/');
  return slash === -1 ? target : target.slice(0, slash);
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
