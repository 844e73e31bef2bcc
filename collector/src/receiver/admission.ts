import { ThreadlineError } from '../errors.ts';

export interface AdmissionLimits {
  readonly inFlightBytes: number;
  readonly inFlightRequests: number;
  readonly openRequests: number;
}

/** One request's share of what may be in flight. Released once, by `release`; further calls change nothing. */
export interface Ticket {
  /** Throws `overloaded` when there is no room for so many bytes. They are not held: who announces them may take its time to send them. */
  requireRoom(bytes: number): void;
  /** The request holds this many bytes now. Throws `overloaded` when there is no room for the growth. */
  resize(bytes: number): void;
  /** The whole body is here and is worked on from now. Throws `overloaded` when as many are as may be. */
  begin(): void;
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
  #open = 0;
  #begun = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Throws `overloaded` when as many requests are open, or worked on, as may be. */
  admit(): Ticket {
    const { openRequests, inFlightBytes } = this.#limits;
    if (this.#open >= openRequests) throw full(`${openRequests} requests are open`);
    this.#requireTurn();
    this.#open++;
    let held = 0;
    let hasBegun = false;
    let isReleased = false;
    const requireRoom = (bytes: number): void => {
      if (bytes > held && this.#bytes - held + bytes > inFlightBytes) throw full(`${inFlightBytes} bytes are in flight`);
    };
    return {
      requireRoom,
      resize: (bytes) => {
        if (isReleased) return;
        requireRoom(bytes);
        this.#bytes += bytes - held;
        held = bytes;
      },
      begin: () => {
        if (isReleased || hasBegun) return;
        this.#requireTurn();
        hasBegun = true;
        this.#begun++;
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#bytes -= held;
        this.#open--;
        if (hasBegun) this.#begun--;
      },
    };
  }

  #requireTurn(): void {
    if (this.#begun >= this.#limits.inFlightRequests) throw full(`${this.#limits.inFlightRequests} requests are in flight`);
  }
}

function full(why: string): ThreadlineError {
  return new ThreadlineError('overloaded', `the collector has as much as it can hold: ${why}; send again later`, {
    retryAfterMillis: RETRY_MILLIS,
  });
}
