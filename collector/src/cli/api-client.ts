import type { ErrorAnswer } from '../api/index.ts';
import { CliError, type CommandContext, UsageError } from './command.ts';

const DEFAULT_URL = 'http://127.0.0.1:4319';
/** Whoever has waited so long wants to know what for. */
const SLOW_MILLIS = 5_000;

export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The query API of one collector, whose faults are `CliError`s in the person's words. */
export class ApiClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal;
  readonly #err: CommandContext['err'];
  readonly #slowMillis: number;

  constructor(url: string | undefined, { env, err, signal }: Pick<CommandContext, 'env' | 'err' | 'signal'>, slowMillis = SLOW_MILLIS) {
    this.url = baseUrl(url ?? env.THREADLINE_CLI_URL ?? DEFAULT_URL);
    this.#headers = env.THREADLINE_READ_KEY ? { authorization: `Bearer ${env.THREADLINE_READ_KEY}` } : {};
    this.#signal = signal;
    this.#err = err;
    this.#slowMillis = slowMillis;
  }

  /** The answer's type is the API's, as its server is of the same version; `key`: what each answer of that type has, and no other's does. */
  async read<T>(path: string, parameters: Parameters, key: keyof T & string): Promise<T> {
    const response = await this.open(path, { parameters, mediaType: 'application/json' });
    const answer = await this.#json(response);
    if (typeof answer !== 'object' || answer === null || !(key in answer)) throw new CliError(notOurs(`JSON without ${key}`));
    return answer as T;
  }

  async #json(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof SyntaxError) throw new CliError(notOurs('no JSON'), { cause: error });
      throw new CliError(`the answer of the collector at ${this.url} broke off (${reasonOf(error)})`, { cause: error });
    }
  }

  /** A response whose body is still to come, 200 and of the media type that the collector gives: a page of a proxy is none. */
  async open(
    path: string,
    request: {
      readonly mediaType: string;
      readonly parameters?: Parameters;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<Response> {
    const { mediaType, parameters = {}, headers = {} } = request;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters))
      for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) query.append(name, String(one));
    const slow = setTimeout(
      () => void this.#err.write(`threadline: still waiting for the collector at ${this.url}; Ctrl+C ends it\n`),
      this.#slowMillis,
    );
    const response = await fetch(`${this.url}${path}?${query}`, { headers: { ...this.#headers, ...headers }, signal: this.#signal })
      .catch((error: unknown) => {
        throw new CliError(`the collector at ${this.url} does not answer (${reasonOf(error)}); start it, or say with --url where it is`, {
          cause: error,
        });
      })
      .finally(() => clearTimeout(slow));
    if (response.status !== 200) throw await faultOf(response, parameters);
    const sent = mediaTypeOf(response);
    if (sent !== mediaType) {
      await response.body?.cancel();
      throw new CliError(notOurs(sent));
    }
    return response;
  }
}

/** A URL without a slash at its end, to which paths can be added. Throws `UsageError`, which repeats no password. */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`${text.replace(/^.*@/s, '')} is not a URL that starts with http:// or https://`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError(
      `the URL of ${url.host} names the collector alone: it may have no user and password; keys go into THREADLINE_READ_KEY and THREADLINE_INGEST_KEY`,
    );
  if (url.search !== '' || url.hash !== '')
    throw new UsageError(`the URL of ${url.host} names the collector alone: it may have no ? and no #`);
  return url.href.replace(/\/+$/, '');
}

/** What a person is told where something else than a collector answers; `place`: what the URL should have been. */
export function notOurs(what: string | number, place = 'that of the UI'): string {
  return `the answer was ${what} and not the collector's; is --url ${place}?`;
}

/** Without its parameters, in small letters. */
export function mediaTypeOf(response: Response): string {
  return response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? 'of no type';
}

/** What a failed `fetch` says of its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

async function faultOf(response: Response, parameters: Parameters): Promise<CliError> {
  const error = await response.json().then(
    (body: unknown) => (body as Partial<ErrorAnswer>).error,
    () => undefined,
  );
  if (response.status === 401) return new CliError('the collector needs its read key; set THREADLINE_READ_KEY');
  if (error === undefined) return new CliError(notOurs(response.status));
  const { message, field, position } = error;
  const value = field === undefined ? undefined : parameters[field];
  const marked = typeof value === 'string' && position !== undefined ? `\n  ${value}\n  ${' '.repeat(position)}^` : '';
  return new CliError(`${message}${marked}`);
}
