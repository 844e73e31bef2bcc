import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorRequestHandler, Express } from 'express';
import type { Logger } from 'winston';
import { announce, failToListen, stopOnSignal } from './lifecycle.ts';
import type { ServiceSettings } from './settings.ts';

interface HttpService {
  readonly service: string;
  readonly app: Express;
  readonly logger: Logger;
  readonly settings: ServiceSettings;
  /** Called once the last request is answered. */
  readonly close: () => Promise<void> | void;
}

/** An expected refusal, which the caller is told as it is. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
  }
}

/** Serves the app until a signal comes. Adds the error handler, so it is called when all routes are there. */
export function serveHttp({ service, app, logger, settings, close }: HttpService): void {
  app.use(problemHandler(logger));
  const server = app.listen(settings.port, settings.host, (error) => {
    if (error) failToListen({ service, error, logger });
    else announce({ service, url: `http://${settings.host}:${portOf(server)}`, logger });
  });
  stopOnSignal(logger, async () => {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeIdleConnections();
    });
    await close();
  });
}

function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof HttpProblem) {
      logger.warn(error.message, { code: error.code, method: request.method, path: request.path });
      response.status(error.status).json({ code: error.code, message: error.message });
      return;
    }
    // The Error itself is logged, so that its stack is kept.
    logger.error('request failed', error instanceof Error ? error : new Error(String(error)));
    response.status(500).json({ code: 'internal', message: 'something went wrong' });
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
