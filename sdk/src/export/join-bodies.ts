import { encodingOf } from './encodings.ts';

const LIST_END = ']}';

/** One body of all that is in several, which have one signal and one encoding; at least one. */
export function joinBodies(bodies: readonly Uint8Array[]): Uint8Array {
  const [first] = bodies;
  if (first === undefined) throw new Error('a batch has a body');
  if (bodies.length === 1) return first;
  // Messages of protobuf one behind the other are one, with the lists of all of them.
  if (encodingOf(first) === 'protobuf') return Buffer.concat(bodies);
  const texts = bodies.map((body) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  const begin = texts[0]?.slice(0, listStart(texts[0])) ?? '';
  return Buffer.from(`${begin}${texts.map((text) => text.slice(listStart(text), -LIST_END.length)).join(',')}${LIST_END}`);
}

/** A request in JSON, as it is written here, has one list and nothing else. */
function listStart(text: string): number {
  return text.indexOf('[') + 1;
}
