import { showControls } from '../logic/control-characters.ts';
import type { MessageKey } from './english.ts';
import type { Translate } from './translate.tsx';

const KNOWN: Readonly<Record<string, MessageKey>> = {
  http: 'protocol.http',
  grpc: 'protocol.grpc',
  rpc: 'protocol.rpc',
  messaging: 'protocol.messaging',
  database: 'protocol.database',
  other: 'protocol.other',
};

/** By what a call was made; as a newer collector names it where this page does not know it. */
export function protocolText(protocol: string, t: Translate): string {
  const key = Object.hasOwn(KNOWN, protocol) ? KNOWN[protocol] : undefined;
  return key === undefined ? showControls(protocol) : t(key);
}
