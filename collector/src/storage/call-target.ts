import { formatCallTarget } from '@threadline/query-language';
import { CLIENT, PEER_KEYS, type Peer, PRODUCER, spanPeer } from './figures/span-meaning.ts';

/** The second one's name is what it was called before. */
export const URL_KEYS: readonly string[] = ['url.full', 'http.url'];
/** All keys that tell a target, in no order. */
export const TARGET_KEYS: readonly string[] = [...PEER_KEYS, ...URL_KEYS];
/** Of so many of a trace, which nobody looks at one by one, those that come after are told by their host alone: a hundred thousand URLs take longer than all else. */
export const MAX_TARGETS = 1_000;

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
  const url = peer.type === 'external' ? URL_KEYS.map(textOfKey).find((text) => text !== undefined && text !== '') : undefined;
  return formatCallTarget(name, { peer: peer.name, url: url ?? '' });
}
