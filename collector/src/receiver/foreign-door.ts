import type { Express, Request, Response } from 'express';
import { ThreadlineError } from '../errors.ts';
import { keysOfParts } from '../model/record-ids.ts';
import type { DoorOptions } from './door.ts';
import type { ForeignAnswer, ForeignRequest, ForeignRoute } from './foreign-route.ts';
import { TENANT } from './refusal.ts';
import { readBody, unpackerOf } from './request-body.ts';
import { SIGNALS, type Signal } from './signals.ts';

/** Whose form a request has, for the answer where it fails. */
const routes = new WeakMap<Request, ForeignRoute>();

/** A protocol beside OTLP in front of the same handler: the same key, the same limits, the same log. */
export function addForeignRoute(app: Express, route: ForeignRoute, options: DoorOptions): void {
  app.all([...route.paths], async (request, response) => {
    routes.set(request, route);
    if (!route.methods.some((method) => method === request.method)) {
      response.set('allow', route.methods.join(', '));
      throw new ThreadlineError('method_not_allowed', `${request.path} takes ${route.methods.join(' and ')} only`);
    }
    options.checkKey(request.headers.authorization);
    const ticket = options.admission.admit();
    try {
      sendForeign(response, await route.take(foreignRequest(request, ticket, options)));
    } finally {
      ticket.release();
    }
  });
}

/** The route that a failed request came to; undefined for one of OTLP's own. */
export function foreignRouteOf(request: Request): ForeignRoute | undefined {
  return routes.get(request);
}

/** Exactly this answer: Express would add a charset. */
export function sendForeign(response: Response, { status, contentType, body = '', headers = {} }: ForeignAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (contentType !== undefined) response.setHeader('content-type', contentType);
  if (status !== 204) response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

function foreignRequest(request: Request, ticket: ReturnType<DoorOptions['admission']['admit']>, options: DoorOptions): ForeignRequest {
  // One that is empty is none.
  const key = request.get('idempotency-key') || undefined;
  return {
    headers: request.headers,
    path: Object.fromEntries(Object.entries(request.params).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    readBody: ({ maxBodyBytes, isPacked = false }) =>
      readBody(request, isPacked ? undefined : unpackerOf(request.headers['content-encoding']), { ticket, maxBodyBytes }),
    keep: (signal, body) => options.handle({ row: rowOf(signal), encoding: 'json', body, idempotencyKey: key }),
    keepParts(signal, sent, ownKey) {
      const idempotencyKey = key ?? ownKey;
      const keyOf = idempotencyKey === undefined ? undefined : keysOfParts({ idempotencyKey, body: sent });
      return (body, number) => options.handle({ row: rowOf(signal), encoding: 'json', body, idempotencyKey: keyOf?.(number) });
    },
    countRefused: (records) => options.onRefused({ tenant: TENANT, reason: 'invalid_record', requests: 1, records }),
  };
}

function rowOf(signal: Signal) {
  const row = SIGNALS.find((candidate) => candidate.signal === signal);
  if (row === undefined) throw new Error(`there is no signal ${signal}`);
  return row;
}
