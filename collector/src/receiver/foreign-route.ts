import type { IncomingMessage } from 'node:http';
import type { AppendResult, QueueEntry } from '../queue/queue.ts';

/** A request in another protocol's form, its key checked. */
export interface ForeignRequest {
  readonly headers: IncomingMessage['headers'];
  readonly path: Readonly<Record<string, string>>;
  /** Reads the body once, unpacked unless `isPacked`; throws what a door answers. */
  readBody(options: { readonly maxBodyBytes: number; readonly isPacked?: boolean }): Promise<Buffer>;
  /** Keeps an export request, JSON of OTLP; resolves when it is safe. */
  keep(signal: QueueEntry['signal'], body: Buffer): Promise<AppendResult>;
  /**
   * The same for a request that is kept in several parts, of which `sent` is the whole: keeps the part with a number. `ownKey`: what stands for the request's
   * idempotency key where its sender has no such header, and another way to say that what is the same is kept once.
   */
  keepParts(signal: QueueEntry['signal'], sent: Buffer, ownKey?: string): (part: Buffer, number: number) => Promise<AppendResult>;
  /** Counts records that are refused for good before they are any of OTLP's. */
  countRefused(records: number): void;
}

export interface ForeignAnswer {
  readonly status: number;
  /** Absent: no body. */
  readonly contentType?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A door for senders that do not speak OTLP. */
export interface ForeignRoute {
  /** Express's. */
  readonly paths: readonly string[];
  readonly methods: readonly ('GET' | 'HEAD' | 'POST' | 'PUT')[];
  take(request: ForeignRequest): Promise<ForeignAnswer>;
  /** The body of a fault, as this protocol's senders read it. */
  answerFault(status: number, message: string): Omit<ForeignAnswer, 'status'>;
}

export function textAnswer(body: string): Omit<ForeignAnswer, 'status'> {
  return { contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

export function jsonAnswer(body: object): Omit<ForeignAnswer, 'status'> {
  return { contentType: 'application/json', body: JSON.stringify(body) };
}
