import type { IncomingMessage } from 'node:http';
import type { ServedRequest } from './http-attributes.ts';

/** Of an `IncomingMessage` what is read here. */
type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'httpVersion'> & {
  readonly socket: { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined };
};

const A_REQUEST: RequestHead = { headers: {}, httpVersion: '1.1', socket: {} };

/**
 * What the attributes of an HTTP/1 request are made of, an upgrade too. Read when it is asked for: of a request that is left out
 * hardly anything is.
 */
export class IncomingRequest implements ServedRequest {
  /** Two that stay, see ADR 11, of different requests, so that no kind of request is part of what is compiled for them. */
  static readonly models = [new IncomingRequest(A_REQUEST), new IncomingRequest({ url: '/', ...A_REQUEST })];
  readonly #request: RequestHead;

  constructor(request: RequestHead) {
    this.#request = request;
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#request.url ?? '/';
  }

  get scheme(): string {
    const { socket } = this.#request;
    return 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  }

  get protocolVersion(): string {
    return this.#request.httpVersion;
  }

  get authority(): string | undefined {
    return this.#request.headers.host;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** Itself: nobody asks for the address of a peer whom all believe. */
  get peer(): this {
    return this;
  }

  get address(): string | undefined {
    return this.#request.socket.remoteAddress;
  }

  get port(): number | undefined {
    return this.#request.socket.remotePort;
  }
}
