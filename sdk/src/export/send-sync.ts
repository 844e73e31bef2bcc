import { spawnSync } from 'node:child_process';

/** What `process.exit()` waits for at most. */
const SYNC_SEND_MILLIS = 2000;
const MAX_BYTES = 32 * 1024 * 1024;

/** Reads `{ requests, timeoutMillis }` from standard input and posts each; exit code 0 when all were taken. */
const SENDER = `
const { requests, timeoutMillis } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
Promise.all(requests.map(async ({ url, headers, body }) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMillis) });
  if (!response.ok) process.exitCode = 1;
})).catch(() => { process.exitCode = 1; });
`;

export interface SyncRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** OTLP/JSON. */
  readonly body: string;
}

/**
 * Posts while nothing else can run: in an `exit` listener no promise settles any more, so another Node process sends.
 * Returns whether everything was taken within two seconds; never throws.
 */
export function sendSync(requests: readonly SyncRequest[]): boolean {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  const result = spawnSync(process.execPath, ['-e', SENDER], {
    input: JSON.stringify({ requests, timeoutMillis: SYNC_SEND_MILLIS - 300 }),
    env: environment,
    timeout: SYNC_SEND_MILLIS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_BYTES,
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  return result.status === 0;
}
