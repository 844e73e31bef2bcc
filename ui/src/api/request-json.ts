import { ApiError, parseErrorAnswer, UNEXPECTED_ANSWER, UNREACHABLE } from './api-error.ts';
import { readKey, reportUnauthorized } from './read-key.ts';

const BASE = '/api/v1';

/** Parameters that are undefined or empty are not sent. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/**
 * One GET of the query API. Rejects with an ApiError, or with the signal's reason when the reader has gone on: then the
 * request is cancelled, on the collector too. `Answer` is the collector's word for its own answer; it is not checked again here.
 */
export async function requestJson<Answer>(path: string, parameters: Parameters, signal: AbortSignal): Promise<Answer> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== '') search.append(name, String(value));
  const request = `GET ${BASE}${path}`;
  const key = readKey();
  const response = await send(`${BASE}${path}${search.size > 0 ? `?${search}` : ''}`, {
    request,
    init: { signal, headers: { accept: 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) } },
  });
  if (response.status === 401) reportUnauthorized();
  const body = await readJson(response, request, signal);
  if (!response.ok) throw parseErrorAnswer(body, { status: response.status, request });
  return body as Answer;
}

async function send(url: string, { request, init }: { readonly request: string; readonly init: RequestInit }): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError('', { code: UNREACHABLE, status: 0, request, cause });
  }
}

async function readJson(response: Response, request: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError('', { code: UNEXPECTED_ANSWER, status: response.status, request, cause });
  }
}
