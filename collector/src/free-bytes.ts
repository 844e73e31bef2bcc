/** Of smaller ones it costs more than it brings. */
const LEAST_BYTES = 4_096;

/**
 * Gives the memory of bytes back that nobody looks at any more; they have a length of 0 afterwards. The garbage collector would find them only when it
 * looks through the whole heap, and does so the more often the more of such memory there is. Nothing happens to bytes that are a part of a larger
 * buffer: others may look at the rest.
 */
export function freeBytes({ buffer, byteLength }: ArrayBufferView): void {
  if (byteLength >= LEAST_BYTES && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
