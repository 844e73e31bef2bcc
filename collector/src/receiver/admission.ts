import { ThreadlineError } from '../errors.ts';

export interface AdmissionLimits {
  readonly inFlightBytes: number;
  readonly inFlightRequests: number;
}

/** One request's share of what may be in flight. Released once, by `release`; further calls change nothing. */
export interface Ticket {
  /** The request holds this many bytes now. Throws `overloaded` when there is no room for the growth. */
  resize(bytes: number): void;
  release(): void;
}

/** In this time some requests are done, whatever their size. */
const RETRY_MILLIS = 1_000;

/**
 * Bounds what all doors together hold in memory: bodies being read, unpacked, decoded or written. A request that finds no room is
 * told to come back (`overloaded`), before its body is read where its length is known.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  #bytes = 0;
  #requests = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Throws `overloaded` when as many requests are in flight as may be. */
  admit(): Ticket {
    if (this.#requests >= this.#limits.inFlightRequests) throw full(`${this.#limits.inFlightRequests} requests are in flight`);
    this.#requests++;
    let held = 0;
    let isReleased = false;
    return {
      resize: (bytes) => {
        if (isReleased) return;
        if (bytes > held && this.#bytes - held + bytes > this.#limits.inFlightBytes)
          throw full(`${this.#limits.inFlightBytes} bytes are in flight`);
        this.#bytes += bytes - held;
        held = bytes;
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#bytes -= held;
        this.#requests--;
      },
    };
  }
}

function full(why: string): ThreadlineError {
  return new ThreadlineError('overloaded', `the collector has as much as it can hold: ${why}; send again later`, {
    retryAfterMillis: RETRY_MILLIS,
  });
}
