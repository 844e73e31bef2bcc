import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FIXTURES = new URL('./fixtures/', import.meta.url);

export interface PassingOptions {
  readonly name: string;
  /** Where it passes requests on to. */
  readonly next?: string;
  /** False: it runs without the SDK. */
  readonly isFollowed?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the fixtures. */
  readonly script?: 'passing-service.mjs' | 'grpc-service.mjs';
}

/** Services that pass requests on, and proxies that leave out headers; all of them end together. */
export class PassingServices {
  readonly #otlpUrl: string;
  readonly #directory: string;
  readonly #children: ChildProcess[] = [];
  readonly #proxies: Server[] = [];

  constructor(otlpUrl: string, directory: string) {
    this.#otlpUrl = otlpUrl;
    this.#directory = directory;
  }

  /** Resolves with its address. */
  async start({ name, next, isFollowed = true, env = {}, script = 'passing-service.mjs' }: PassingOptions): Promise<string> {
    const child = fork(fileURLToPath(new URL(script, FIXTURES)), next === undefined ? [] : [next], {
      execArgv: isFollowed ? ['--import', '@threadline/sdk/register'] : [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH,
        OTEL_SERVICE_NAME: name,
        OTEL_EXPORTER_OTLP_ENDPOINT: this.#otlpUrl,
        THREADLINE_SDK_SPOOL_DIR: path.join(this.#directory, 'spool'),
        ...env,
      },
    });
    this.#children.push(child);
    const [address]: unknown[] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`${name} ended before it listened`);
      }),
    ]);
    return String(address);
  }

  /** A proxy that passes requests on without these headers; resolves with its address. */
  async startProxy(target: string, leftOut: readonly string[]): Promise<string> {
    const server = createServer((incoming, answer) => {
      const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !leftOut.includes(name)));
      const outgoing = request(new URL(incoming.url ?? '/', target), { method: incoming.method ?? 'GET', headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    });
    this.#proxies.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await exited;
    }
    for (const server of this.#proxies) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
