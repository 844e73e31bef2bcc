import { ThreadlineError } from '../errors.ts';
import type { Encoding } from '../otlp/decode-request.ts';

export const MEDIA_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

/** The encoding of a `content-type`, in any case and with parameters; undefined for another one or none. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === MEDIA_TYPES.protobuf) return 'protobuf';
  return mediaType === MEDIA_TYPES.json ? 'json' : undefined;
}

/** As `encodingOf`; throws `unsupported_media_type` for what is not OTLP, and for JSON in another charset than UTF-8. */
export function requireEncoding(contentType: string | undefined): Encoding {
  const encoding = encodingOf(contentType);
  if (!encoding) {
    throw new ThreadlineError('unsupported_media_type', `content-type must be ${MEDIA_TYPES.protobuf} or ${MEDIA_TYPES.json}`);
  }
  const charset = encoding === 'json' ? CHARSET.exec(contentType ?? '')?.[1]?.toLowerCase() : undefined;
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new ThreadlineError('unsupported_media_type', 'JSON must be in UTF-8: leave the charset out of content-type');
  }
  return encoding;
}
