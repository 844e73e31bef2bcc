/** How a body of OTLP is written, and by which name `OTEL_EXPORTER_OTLP_PROTOCOL` and the header call it. */
export const ENCODINGS = {
  protobuf: { protocol: 'http/protobuf', contentType: 'application/x-protobuf' },
  json: { protocol: 'http/json', contentType: 'application/json' },
} as const;
export type Encoding = keyof typeof ENCODINGS;

const BRACE = 0x7b;

/**
 * How a body is written. JSON begins with a brace; as the first byte of a request in protobuf that would be field 15, which no
 * request has. So what waits in a spool is sent as what it is, whatever the process that finds it sends itself.
 */
export function encodingOf(body: Uint8Array): Encoding {
  return body[0] === BRACE ? 'json' : 'protobuf';
}
