import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type Request, type Response } from 'express';
import { ThreadlineError } from '../errors.ts';

const ONE_YEAR_SECONDS = 31_536_000;
/** The bundler puts files here whose names change with their content. */
const HASHED_ASSETS = '/assets/';
/** For whoever took this port for that of senders, or has more in front of the API's paths. */
const NOTHING_HERE = 'There is no such file; the API is below /api/v1, and senders have a port of their own (THREADLINE_OTLP_HTTP_PORT).';

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Threadline: the UI is not built</title>
<h1>The UI is not built</h1>
<p>The collector runs and takes data. To build its UI, run this in the project's folder, then reload this page:</p>
<pre>npm run build</pre>
<p>The query API is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</html>
`;

export interface UiOptions {
  /** Undefined, or without an `index.html`: the UI is not built. */
  readonly directory: string | undefined;
  /** Called when a browser opens a page: it is about to ask. */
  readonly onOpened: () => void;
}

/**
 * Serves the built UI: its files, and `index.html` for every page of it (a GET for HTML at a path that is no file), since the UI
 * finds its page from the path. Where there is no `index.html`, such a GET is answered with how to build it. Anything else is
 * `not_found`. Nothing here needs the read key: the files hold no data.
 */
export function serveUi(app: Express, { directory, onOpened }: UiOptions): void {
  if (directory !== undefined) {
    const setHeaders = (response: Response): void => {
      const isHashed = response.req.path.startsWith(HASHED_ASSETS);
      response.set('cache-control', isHashed ? `public, max-age=${ONE_YEAR_SECONDS}, immutable` : 'no-cache');
    };
    app.use(express.static(directory, { cacheControl: false, index: false, redirect: false, setHeaders }));
  }
  app.use((request, response) => {
    if (!isNavigation(request)) throw new ThreadlineError('not_found', NOTHING_HERE);
    response.set('cache-control', 'no-cache');
    // Looked up each time, so that a UI that is built while the collector runs appears.
    if (directory !== undefined && existsSync(join(directory, 'index.html'))) {
      onOpened();
      response.sendFile('index.html', { root: directory, cacheControl: false });
      return;
    }
    response
      .status(request.path === '/' ? 200 : 404)
      .type('html')
      .send(NOT_BUILT_PAGE);
  });
}

/** A browser that opens a page, and not a script or an image that is missing. */
function isNavigation(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  return request.path === '/' || (request.headers.accept ?? '').includes('text/html');
}
