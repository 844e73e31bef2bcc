import { spawnSync } from 'node:child_process';

/** What `process.exit()` waits for at most. */
const SYNC_SEND_MILLIS = 2000;

/** Reads `{ requests, timeoutMillis }` from standard input, posts each and prints the indexes of those that were taken. */
const SENDER = `
const { requests, timeoutMillis } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const signal = AbortSignal.timeout(timeoutMillis);
requests.forEach(({ url, headers, body }, index) => {
  fetch(url, { method: 'POST', headers, body: Buffer.from(body, 'base64'), signal }).then(({ ok }) => ok && console.log(index), () => undefined);
});
`;

export interface SyncRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Posts while nothing else can run: in an `exit` listener no promise settles any more, so another Node process sends.
 * Answers within two seconds with the indexes of those that were taken; never throws.
 */
export function sendSync(requests: readonly SyncRequest[]): ReadonlySet<number> {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  const written = requests.map(({ body, ...request }) => ({ ...request, body: Buffer.from(body).toString('base64') }));
  const result = spawnSync(process.execPath, ['-e', SENDER], {
    input: JSON.stringify({ requests: written, timeoutMillis: SYNC_SEND_MILLIS - 300 }),
    env: environment,
    encoding: 'utf8',
    timeout: SYNC_SEND_MILLIS,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const lines = (result.stdout ?? '').split('\n').filter((line) => /^\d+$/.test(line));
  return new Set(lines.map(Number));
}
