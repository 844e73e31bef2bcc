import { isNoRoom } from './files/error-code.ts';

/** Why the collector cannot start, in one line for the operator: what, where, what to do. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StartError';
  }
}

/** A port that a part listens on, as its operator knows it. */
export interface ListeningPart {
  /** As `OTLP/HTTP`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The setting that says the port. */
  readonly setting: string;
}

/** A fault of listening in the operator's words. gRPC hands on only the text of Node's error, so the text is what is looked at. */
export function listenError(error: unknown, { name, host, port, setting }: ListeningPart): StartError {
  const text = error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}` : String(error);
  const place = `port ${port} on ${host} (${name})`;
  if (text.includes('EADDRINUSE')) return new StartError(`${place} is in use; stop what uses it or set ${setting} to another port`, error);
  if (text.includes('EACCES')) return new StartError(`${place} may not be used by this user; set ${setting} to a port above 1023`, error);
  if (/EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|Name resolution failed/.test(text)) {
    return new StartError(`${host} is not an address of this machine (${name}); set THREADLINE_HOST to one that is`, error);
  }
  return new StartError(`${place} cannot be listened on: ${text.trim()}; set ${setting} or THREADLINE_HOST to another`, error);
}

/** A fault of the data directory in the operator's words. */
export function directoryError(error: unknown, directory: string): StartError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
  return new StartError(`the data directory ${directory} cannot be written to (${code}); ${directoryRemedy(code)}`, error);
}

/** What to do about a fault of the system in the data directory or in something of it. */
export function directoryRemedy(code: string): string {
  if (isNoRoom(code)) return 'the disk is full: make room, or set THREADLINE_DATA_DIR to another';
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return 'a file is in its place: set THREADLINE_DATA_DIR to a directory, or move the file away';
  return 'make it writable or set THREADLINE_DATA_DIR to another';
}
