import { type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A GET with exactly these headers: `fetch` would refuse some of them and add others. */
export function get(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { ...headers }, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const received = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(received), body: Buffer.concat(parts).toString() });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** What the fixtures answer: the headers that they received. */
export interface HeaderEcho {
  readonly headers: IncomingHttpHeaders & { readonly traceparent?: string; readonly tracestate?: string; readonly baggage?: string };
}

export function isHeaderEcho(value: unknown): value is HeaderEcho {
  return typeof value === 'object' && value !== null && 'headers' in value && typeof value.headers === 'object';
}
