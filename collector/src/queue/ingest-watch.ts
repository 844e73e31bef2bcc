import { ThreadlineError } from '../errors.ts';
import { codeOf } from '../files/error-code.ts';
import { nowNanos } from '../now-nanos.ts';
import type { IngestState } from './queue-state.ts';

/** Of a usual request. Whoever starts on a full disk is to know before the first one is refused. */
const START_BYTES = 64 * 1024;
/** As often as senders are told to come back. */
const LOOK_MILLIS = 5_000;

export interface IngestWatchOptions {
  /** Told once when requests begin to be refused, for want of room or of the log itself, and why, and once when they are taken again. */
  readonly onIngestRefused: (error: unknown) => void;
  readonly onIngestBack: () => void;
}

interface IngestWatchParts extends IngestWatchOptions {
  /** Throws what an append of so many bytes would. */
  readonly checkRoom: (bytes: number) => Promise<void>;
  /** Throws what an append would where the log was removed or moved away; cheap enough to be asked all the time. */
  readonly checkInPlace: () => Promise<void>;
}

/**
 * Whether the log takes requests. It stops with the first that finds no room, and begins again when there is room for that one, whether or not its
 * sender comes back: a smaller one that fits in between changes nothing. A log that was removed is noticed before the first request that it refuses.
 */
export class IngestWatch {
  readonly #parts: IngestWatchParts;
  #refusing: { readonly state: IngestState; readonly bytes: number } | undefined;
  #next: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: IngestWatchParts) {
    this.#parts = parts;
  }

  get state(): IngestState {
    return this.#refusing?.state ?? { state: 'taking', sinceUnixNano: undefined, reason: undefined, fault: undefined };
  }

  /** Looks for room before the first request comes, and from then on whether the log is where it was. */
  async start(): Promise<void> {
    await this.#look(START_BYTES);
    this.#lookLater();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
  }

  /** What is no want of room, as a request that is too large for any log, changes nothing. */
  noteRefused(error: unknown, bytes: number): void {
    if (!(error instanceof ThreadlineError) || this.#isStopped) return;
    const reason = reasonOf(error);
    if (reason === undefined) return;
    const isNew = this.#refusing === undefined;
    const sinceUnixNano = this.#refusing?.state.sinceUnixNano ?? String(nowNanos());
    this.#refusing = { state: { state: 'refusing', sinceUnixNano, reason, fault: error.message }, bytes };
    if (!isNew) return;
    this.#parts.onIngestRefused(error);
    this.#lookLater();
  }

  #lookLater(): void {
    this.#next ??= setTimeout(async () => {
      if (this.#refusing) await this.#look(this.#refusing.bytes);
      else await this.#parts.checkInPlace().catch((error: unknown) => this.noteRefused(error, 0));
      this.#next = undefined;
      if (!this.#isStopped) this.#lookLater();
    }, LOOK_MILLIS).unref();
  }

  async #look(bytes: number): Promise<void> {
    try {
      await this.#parts.checkRoom(bytes);
    } catch (error) {
      this.noteRefused(error, bytes);
      return;
    }
    if (!this.#refusing || this.#isStopped) return;
    this.#refusing = undefined;
    this.#parts.onIngestBack();
  }
}

function reasonOf({ code, cause }: ThreadlineError): IngestState['reason'] {
  if (code === 'queue_full') return 'log_full';
  if (code !== 'storage_unavailable') return undefined;
  return codeOf(cause) === 'ENOENT' ? 'removed' : 'disk';
}
