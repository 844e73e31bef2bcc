import { ThreadlineError } from '../errors.ts';
import { LIMITS } from '../otlp/limits.ts';
import { ACCEPTED_ENCODINGS, type Unpack, unpackerOf, unpackWithin } from './request-body.ts';

/** In front of each message: whether it is compressed, and its length in four bytes. */
export const PREFIX_BYTES = 5;
const IS_COMPRESSED = 1;

/** Told to whoever sends in an encoding that is not known; the names are gRPC's own, which are HTTP's. */
export const GRPC_ACCEPT_ENCODING = `identity, ${ACCEPTED_ENCODINGS}`;

/**
 * The message of a call of one message, unpacked. `encoding` is its `grpc-encoding`. Throws `malformed_body` where there is no such message or more than
 * that, `body_too_large` for one over gRPC's limit, `unsupported_media_type` for an encoding that is not known. Source: gRPC over HTTP2, "Length-Prefixed-Message".
 */
export async function readMessage(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (body.length < PREFIX_BYTES) throw malformed('the call has no message');
  const length = body.readUInt32BE(1);
  const message = body.subarray(PREFIX_BYTES);
  if (message.length !== length) throw malformed(`the message should have ${length} bytes and the call has ${message.length}`);
  if (body[0] !== IS_COMPRESSED) return message;
  const unpack = unpackerOfMessage(encoding);
  return message.length === 0 ? message : unpackWithin(message, unpack, LIMITS.grpcMessageBytes);
}

function unpackerOfMessage(encoding: string | undefined): Unpack {
  const unpack = unpackerOf(encoding, 'grpc-encoding');
  if (!unpack) throw malformed('the message is marked as compressed and grpc-encoding does not say how');
  return unpack;
}

/** A message as it goes over the wire, not compressed. */
export function frameMessage(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, PREFIX_BYTES);
  return framed;
}

/** A text as `grpc-message` has it: bytes that are no printable ASCII, and the percent sign, as `%XX`. */
export function percentEncoded(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text))
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded;
}

function malformed(message: string): ThreadlineError {
  return new ThreadlineError('malformed_body', message);
}
