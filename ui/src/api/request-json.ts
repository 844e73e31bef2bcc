import { ApiError, BROKEN_OFF, parseErrorAnswer, UNEXPECTED_ANSWER, UNREACHABLE } from './api-error.ts';
import { readKey, reportUnauthorized } from './read-key.ts';

const BASE = '/api/v1';

/** Parameters that are undefined or empty are not sent; of a list each is sent by itself, an empty one too. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * One GET of the query API. Rejects with an ApiError, or with the signal's reason when the reader has gone on: then the
 * request is cancelled, on the collector too. `Answer` is the collector's word for its own answer; it is not checked again here.
 */
export async function requestJson<Answer>(path: string, parameters: Parameters, signal: AbortSignal): Promise<Answer> {
  const request = `GET ${BASE}${path}`;
  const response = await get(path, { parameters, headers: { accept: 'application/json' }, signal });
  const body = await readJson(response, request, signal);
  if (!response.ok) throw parseErrorAnswer(body, { status: response.status, request });
  return body as Answer;
}

/** What changes something at the collector. Nobody gives it up: it is answered with what was done. Rejects as `requestJson` does. */
export async function sendJson<Answer>(
  path: string,
  {
    method,
    headers,
    body,
  }: { readonly method: 'PUT' | 'DELETE'; readonly headers: Readonly<Record<string, string>>; readonly body?: object },
): Promise<Answer> {
  const request = `${method} ${BASE}${path}`;
  const response = await send(`${BASE}${path}`, {
    request,
    init: {
      method,
      headers: { accept: 'application/json', ...headers, ...authorization(), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    },
  });
  const answer = await readJson(response, request);
  if (!response.ok) throw parseErrorAnswer(answer, { status: response.status, request });
  return answer as Answer;
}

interface GetOptions {
  readonly parameters: Parameters;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An answer that is read as it comes, with `request` for the errors of reading it. Rejects as `requestJson` does where there is none. */
export async function openStream(
  path: string,
  options: GetOptions,
): Promise<{ readonly body: ReadableStream<Uint8Array<ArrayBuffer>>; readonly headers: Headers; readonly request: string }> {
  const request = `GET ${BASE}${path}`;
  const response = await get(path, options);
  const { body, headers, ok, status } = response;
  if (!ok || body === null) throw parseErrorAnswer(await readJson(response, request, options.signal), { status, request });
  return { body, headers, request };
}

async function get(path: string, { parameters, headers, signal }: GetOptions): Promise<Response> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]) search.append(name, String(one));
  }
  return send(`${BASE}${path}${search.size > 0 ? `?${search}` : ''}`, {
    request: `GET ${BASE}${path}`,
    init: { signal, headers: { ...headers, ...authorization() } },
  });
}

function authorization(): Readonly<Record<string, string>> {
  const key = readKey();
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

async function send(url: string, { request, init }: { readonly request: string; readonly init: RequestInit }): Promise<Response> {
  try {
    const response = await fetch(url, init);
    if (response.status === 401) reportUnauthorized();
    return response;
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError('', { code: UNREACHABLE, status: 0, request, cause });
  }
}

async function readJson(response: Response, request: string, signal?: AbortSignal): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    // What came is no JSON; any other error is one of the connection.
    if (cause instanceof SyntaxError) throw new ApiError('', { code: UNEXPECTED_ANSWER, status: response.status, request, cause });
    throw new ApiError('', { code: BROKEN_OFF, status: 0, request, cause });
  }
}
