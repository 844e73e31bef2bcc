import type { ServerResponse } from 'node:http';
import { writeChunk } from './write-chunk.ts';

/** Proxies and browsers give up a connection on which nothing comes for a minute or so. */
const HEARTBEAT_MILLIS = 15_000;
/** What a browser's EventSource waits before it comes back. */
const RETRY_MILLIS = 2_000;

export const EVENT_STREAM = 'text/event-stream; charset=utf-8';

export interface StreamEvent {
  readonly event: string;
  /** What a client that comes back sends as `last-event-id`. */
  readonly id?: string;
  readonly data: object;
}

/** Server-sent events on one response (HTML Living Standard, 9.2). */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  #writtenAt = 0;

  constructor(response: ServerResponse, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  /** Sends the headers and the first event. */
  async open(event: StreamEvent): Promise<void> {
    this.#response.writeHead(200, { 'content-type': EVENT_STREAM, 'x-accel-buffering': 'no' });
    await this.#write(`retry: ${RETRY_MILLIS}\n${textOf(event)}`);
  }

  /** Resolves when the client has room for more. */
  async send(event: StreamEvent): Promise<void> {
    await this.#write(textOf(event));
  }

  /** Where nothing was sent for a while: that there is nothing, and where a client that comes back goes on. */
  async keepAlive(id: string): Promise<void> {
    if (performance.now() - this.#writtenAt > HEARTBEAT_MILLIS) await this.#write(`: still here\nid: ${id}\n\n`);
  }

  /** The last event; it does not wait for the client. */
  end(event: StreamEvent): void {
    this.#response.end(textOf(event));
  }

  async #write(text: string): Promise<void> {
    this.#writtenAt = performance.now();
    await writeChunk(this.#response, text, this.#signal);
  }
}

function textOf({ event, id, data }: StreamEvent): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
