import type { Admission } from './admission.ts';
import type { ExportHandler } from './export-handler.ts';
import type { CheckIngestKey } from './ingest-key.ts';
import type { Refusal } from './refusal.ts';

export interface DoorOptions {
  /** Address to listen on, `127.0.0.1`. */
  readonly host: string;
  /** 0 for one that the system gives. */
  readonly port: number;
  readonly handle: ExportHandler;
  readonly checkKey: CheckIngestKey;
  /** Shared by all doors. */
  readonly admission: Admission;
  /** Told of each fault that is the collector's own. */
  readonly onFault: (error: unknown) => void;
  /** Told of each request that is refused, to count it. */
  readonly onRefused: (refusal: Refusal) => void;
}

/** A way in for export requests. */
export interface Door {
  /** Resolves when it listens. Rejects with Node's own error, as `EADDRINUSE`. */
  start(signal: AbortSignal): Promise<void>;
  /** Takes no new connection and resolves when what is under way is answered, or cut after 10 s. Safe to repeat. */
  shutdown(): Promise<void>;
  /** Undefined while it does not listen. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
}
