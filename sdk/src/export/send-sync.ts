import { spawnSync } from 'node:child_process';
import type { Certificates } from './request-config.ts';

/** What `process.exit()` waits for at most. */
const SYNC_SEND_MILLIS = 2000;

/** Reads `{ requests, timeoutMillis }` from standard input, posts each and prints the indexes of those that were taken. */
const SENDER = `
const { requests, timeoutMillis } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const signal = AbortSignal.timeout(timeoutMillis);
requests.forEach(({ url, headers, certificates, body }, index) => {
  const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
  const sent = request(url, { method: 'POST', headers, ...certificates, signal }, ({ statusCode, headers: answered }) => {
    const isWebPage = /^text\\/html/i.test(answered['content-type'] ?? '');
    if (statusCode >= 200 && statusCode < 300 && !isWebPage) console.log(index);
    sent.destroy();
  });
  sent.on('error', () => undefined).end(Buffer.from(body, 'base64'));
});
`;

export interface SyncRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly certificates: Certificates;
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
