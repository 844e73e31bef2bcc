import type { IncomingMessage } from 'node:http';
import { ThreadlineError } from '../../errors.ts';

/**
 * The body of a request as JSON. Only `application/json` is taken: a form or a script of another site cannot send that without asking first, and
 * is not answered. Throws `unsupported_media_type`, `body_too_large` as soon as it is known, `malformed_body`.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new ThreadlineError('unsupported_media_type', 'The body has to be JSON, and the content-type application/json.', {
      field: 'content-type',
      expected: ['application/json'],
    });
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // A body that is refused half-way is not the end of the connection: the answer goes over it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw new ThreadlineError('malformed_body', 'The body is not JSON in UTF-8.', { cause });
  }
}

function tooLarge(maxBytes: number): ThreadlineError {
  return new ThreadlineError('body_too_large', `The body is over ${maxBytes} bytes.`);
}
