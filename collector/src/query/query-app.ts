import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { AnswerNotes } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { nowNanos } from '../now-nanos.ts';
import { deliveryWarnings, requireDelivery, withDeliveryNote } from './answer-notes.ts';
import type { ApiRoute, RouteInput } from './api-route.ts';
import { checkStorage } from './check-storage.ts';
import { isServerFault, toHttpError } from './http/error-answer.ts';
import { isHostAllowed } from './http/host-check.ts';
import { hasReadKey } from './http/read-key-check.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';
import { JAEGER_API, jaegerErrorBody } from './jaeger/jaeger-model.ts';
import { JAEGER_ROUTES } from './jaeger/jaeger-routes.ts';
import { checkParameters, type ParameterNames } from './parameters/parameters.ts';
import { parseQueryString } from './parameters/query-string.ts';
import type { QueryServerOptions } from './query-server.ts';
import { ClientGoneError, DEFAULT_TENANT, withReadContext } from './read-context.ts';
import { apiRoutes } from './routes/api-routes.ts';
import { healthPath } from './routes/health-route.ts';
import { openApiPath } from './routes/openapi-route.ts';
import { savedSearchWrites } from './saved-searches/saved-search-routes.ts';
import { serveUi } from './serve-ui.ts';
import { type StreamRoute, withStreamSignal } from './streams/stream-route.ts';
import { streamRoutes } from './streams/stream-routes.ts';
import { readJsonBody } from './writes/read-json-body.ts';
import type { WriteRoute } from './writes/write-route.ts';

export interface QueryAppOptions extends QueryServerOptions {
  /** Aborted when the server closes: streams end then. */
  readonly closing: AbortSignal;
}

/** The Express application of the query server: checks that hold for everything, then the API, then the UI. */
export function createQueryApp(options: QueryAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Parameters are read from the request line itself, so that doubles and bad escapes are seen.
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.use((_request, response, next) => {
    response.set(SECURITY_HEADERS);
    next();
  });
  app.use((request, _response, next) => {
    checkHost(request.headers.host, options.allowedHosts);
    next();
  });
  app.use(['/api', JAEGER_API], (request, response, next) => {
    response.set('cache-control', 'no-store');
    checkSite(request);
    checkKey(request, response, options.readKey);
    next();
  });
  for (const route of streamRoutes(options)) addStreamRoute(app, route, options);
  for (const route of apiRoutes(options)) addRoute(app, route, options);
  for (const route of JAEGER_ROUTES) addRoute(app, route, options);
  addWriteRoutes(app, savedSearchWrites(options.searches));
  app.use('/api', (request) => {
    throw new ThreadlineError('not_found', `There is nothing at this path of the API; ${openApiPath} lists what there is.`, {
      ...(request.method === 'GET' ? { expected: [openApiPath] } : {}),
    });
  });
  app.use(JAEGER_API, () => {
    throw new ThreadlineError('not_found', 'There is nothing of Jaeger at this path; docs/jaeger.md lists what there is.');
  });
  serveUi(app, {
    directory: options.uiDirectory,
    // A storage that makes a thread for its first read has it by the time that the page asks.
    onOpened: () => void checkStorage({ storage: options.storage, context: { tenant: DEFAULT_TENANT, signal: options.closing } }),
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    answerError(error, { request, response }, options),
  );
  return app;
}

function addRoute(app: Express, route: ApiRoute, options: QueryServerOptions): void {
  app.get(route.path, async (request, response) => {
    const read = route.prepare(inputOf(request, route.names, options), options.storage);
    const answer = await withReadContext(response, async (context) => {
      const warnings = route.isImmediate ? [] : await deliveryWarnings(options.delivered, route.deliveryWaitMillis);
      const answer = await read({ storage: options.storage, context }).catch((error: unknown) => {
        throw withDeliveryNote(error, warnings);
      });
      return route.hasNotes && warnings.length > 0 ? (route.withWarnings ?? withWarnings)(answer, warnings) : answer;
    });
    response.status(route.statusOf?.(answer) ?? 200).json(answer);
  });
  refuseOtherMethods(app, route.path);
}

function withWarnings(answer: AnswerNotes, warnings: readonly string[]): AnswerNotes {
  return { ...answer, warnings: [...(answer.warnings ?? []), ...warnings] };
}

function addStreamRoute(app: Express, route: StreamRoute, options: QueryAppOptions): void {
  app.get(route.path, async (request, response) => {
    const input = { ...inputOf(request, route.names, options), lastEventId: request.get('last-event-id') };
    const write = route.prepare(input, options.storage);
    if (request.method === 'HEAD') {
      response.set('content-type', route.contentTypeOf(input)).end();
      return;
    }
    await withStreamSignal(response, options.closing, async (signal) => {
      const isWhole = route.isWhole?.(input) ?? false;
      if (isWhole) await requireDelivery(options.delivered, signal);
      const warnings = route.isImmediate || isWhole ? [] : await deliveryWarnings(options.delivered);
      await write(response, { storage: options.storage, warnings, signal }).catch((error: unknown) => {
        throw withDeliveryNote(error, warnings);
      });
    });
  });
  refuseOtherMethods(app, route.path);
}

function addWriteRoutes(app: Express, routes: readonly WriteRoute[]): void {
  for (const { path, method, maxBodyBytes, prepare } of routes) {
    app[method](path, async (request, response) => {
      checkParameters(parseQueryString(request.url), { single: [] });
      const body = maxBodyBytes === 0 ? undefined : await readJsonBody(request, maxBodyBytes);
      const headers = { ifMatch: request.get('if-match'), ifNoneMatch: request.get('if-none-match') };
      const write = prepare({ path: pathIds(request), ...headers, body, nowNanos: nowNanos() });
      response.json(await withReadContext(response, write));
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    refuseOtherMethods(
      app,
      path,
      routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase()),
    );
  }
}

function inputOf(request: Request, names: ParameterNames, { readKey }: QueryServerOptions): RouteInput {
  return {
    path: pathIds(request),
    parameters: checkParameters(parseQueryString(request.url), names),
    isTrusted: hasAccess(request, readKey),
    nowNanos: nowNanos(),
  };
}

function refuseOtherMethods(app: Express, path: string, allowed: readonly string[] = ['GET', 'HEAD']): void {
  app.all(path, (_request, response) => {
    response.set('allow', allowed.join(', '));
    throw new ThreadlineError('method_not_allowed', `This path takes ${allowed.join(' and ')} only.`, { expected: allowed });
  });
}

function pathIds(request: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(request.params).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function checkHost(host: string | undefined, allowedHosts: readonly string[]): void {
  if (isHostAllowed(host, allowedHosts)) return;
  throw new ThreadlineError(
    'forbidden_host',
    'The Host header names neither this machine nor an allowed host. If the name is right, add it to THREADLINE_UI_ALLOWED_HOSTS.',
    { field: 'host', expected: ['localhost', 'an IP address', ...allowedHosts] },
  );
}

/** Browsers say where a request comes from (Fetch Metadata); a page of another site has no business here. */
function checkSite(request: Request): void {
  if (request.headers['sec-fetch-site'] !== 'cross-site') return;
  throw new ThreadlineError(
    'cross_site_request',
    'A page of another site asked for this. The API answers its own UI and programs, not other sites.',
  );
}

function checkKey(request: Request, response: Response, readKey: string | undefined): void {
  if (request.baseUrl + request.path === healthPath || hasAccess(request, readKey)) return;
  response.set('www-authenticate', 'Bearer realm="threadline"');
  throw new ThreadlineError('unauthenticated', 'This needs the read key (THREADLINE_READ_KEY) as "authorization: Bearer KEY".', {
    field: 'authorization',
  });
}

function hasAccess(request: Request, readKey: string | undefined): boolean {
  return readKey === undefined || hasReadKey(request.headers.authorization, readKey);
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

function answerError(error: unknown, { request, response }: Exchange, options: QueryServerOptions): void {
  // Nobody reads the answer, and a reader who went away is no fault of the collector's.
  if (error instanceof ClientGoneError) {
    response.destroy();
    return;
  }
  const { status, body, retryAfterSeconds } = toHttpError(error);
  if (isServerFault(status)) options.onError(error, { method: request.method, path: request.path });
  if (response.headersSent) {
    // A part of the answer is out: without its end nobody takes it for the whole.
    response.destroy();
    return;
  }
  if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
  const isJaegers = request.path === JAEGER_API || request.path.startsWith(`${JAEGER_API}/`);
  const answer = isJaegers ? jaegerErrorBody(request.path, status, body.error.message) : body;
  response.set('cache-control', 'no-store').status(status).json(answer);
}
