import { HttpProblem } from './http-service.ts';

/** Longer than the slowest bank takes. */
const TIMEOUT_MILLIS = 5_000;

interface HttpCall {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What another service answered. `body` is JSON that nobody has checked yet. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** One request to another service of the shop, whatever the answer's status. Throws when there is no answer in time. */
export async function callService(url: string, { method = 'GET', body, headers = {} }: HttpCall = {}): Promise<HttpAnswer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MILLIS),
  });
  const answer: unknown = await response.json();
  return { status: response.status, headers: response.headers, body: answer };
}

/** The answer's body when the status is 2xx; a refusal (4xx) passes on to our own caller, anything else is a fault. */
export function expectSuccess({ status, body }: HttpAnswer, what: string): unknown {
  if (status < 300) return body;
  const { code, message } = problemIn(body);
  if (status < 500) throw new HttpProblem(status, code, message);
  throw new Error(`${what} failed with status ${status}: ${message}`);
}

function problemIn(body: unknown): { code: string; message: string } {
  const isProblem = typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
  return isProblem ? { code: String(body.code), message: String(body.message) } : { code: 'unknown', message: 'no reason given' };
}
