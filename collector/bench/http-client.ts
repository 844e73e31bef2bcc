import { Agent, request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfterSeconds: number;
  readonly text: string;
  /** From the request's first byte to the answer's last. */
  readonly millis: number;
}

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** So many connections that stay open, as an exporter's do. */
export class HttpClient {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * Rejects only when there is no answer. A connection that the server gave up as the request began was never read from: it is sent over another one, as
   * exporters do.
   */
  async send(wanted: HttpRequest): Promise<HttpAnswer> {
    for (;;) {
      try {
        return await this.#sendOnce(wanted);
      } catch (error) {
        if (!(error instanceof IdleConnectionError)) throw error;
      }
    }
  }

  #sendOnce({ url, method = 'GET', headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
    const startedAt = performance.now();
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, agent: this.#agent, headers: { ...headers, ...length } }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const millis = performance.now() - startedAt;
          const retryAfterSeconds = Number(incoming.headers['retry-after'] ?? 1);
          resolve({ status: incoming.statusCode ?? 0, retryAfterSeconds, text: Buffer.concat(chunks).toString(), millis });
        });
      });
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        const wasIdle = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(wasIdle ? new IdleConnectionError('the server gave up an idle connection', { cause: error }) : error);
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

class IdleConnectionError extends Error {}
