import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TestCertificates } from './certificates.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Stands in front of a node as Elasticsearch's own security does: TLS, and no request without the right `authorization`. */
export interface SecuredProxy {
  /** `https://localhost:port`. */
  readonly url: string;
  readonly port: number;
  /** Every request that was let through, in order. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

export interface SecuredProxyOptions {
  readonly targetUrl: string;
  readonly certificates: TestCertificates;
  /** The only value of `authorization` that is let through. */
  readonly authorization: string;
  /** Answers in place of the node what its core lacks; undefined where it does not. */
  readonly answer?: (request: RecordedRequest) => { readonly status: number; readonly body: unknown } | undefined;
}

export async function startSecuredProxy({ targetUrl, certificates, authorization, answer }: SecuredProxyOptions): Promise<SecuredProxy> {
  const requests: RecordedRequest[] = [];
  const server = createServer(certificates.server, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      if (request.headers.authorization !== authorization) return refuse(response);
      const { method = '', url = '/', headers } = request;
      const { pathname, searchParams } = new URL(url, targetUrl);
      const body = Buffer.concat(chunks);
      const recorded = { method, path: decodeURIComponent(pathname), parameters: searchParams, headers, body: body.toString() };
      requests.push(recorded);
      const own = answer?.(recorded);
      if (own) return respond(response, own.status, own.body);
      const forwarded = httpRequest(new URL(url, targetUrl), { method, headers }, (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      });
      forwarded.once('error', () => response.destroy());
      forwarded.end(body);
    });
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return {
    url: `https://localhost:${address.port}`,
    port: address.port,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As Elasticsearch's security says it. */
function refuse(response: ServerResponse): void {
  const error = { type: 'security_exception', reason: 'unable to authenticate for REST request' };
  response.setHeader('www-authenticate', ['Basic realm="security"', 'ApiKey']);
  respond(response, 401, { error: { root_cause: [error], ...error }, status: 401 });
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  response.end(JSON.stringify(body));
}
