import type { IncomingMessage } from 'node:http';
import type { ServedRequest } from './http-attributes.ts';

/**
 * What the attributes of an HTTP/1 request are made of, an upgrade too. Read when it is asked for: of a request that is left out
 * hardly anything is.
 */
export class IncomingRequest implements ServedRequest {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage) {
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
