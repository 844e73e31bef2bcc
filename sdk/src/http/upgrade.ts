import type { IncomingMessage } from 'node:http';
import { context } from '@opentelemetry/api';
import { tellThrown } from '../context/thrown-in.ts';
import { wrapMethod } from '../instrument/wrap-method.ts';
import { emitInContext } from './emit-in-context.ts';
import { IncomingRequest } from './incoming-request.ts';
import { type ServerSpan, startServerSpan } from './server-span.ts';

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3}) /;

/**
 * A request that asks for another protocol, a WebSocket above all: its span ends with the answer, and everything that the
 * connection says afterwards is heard in its context.
 */
export function serveUpgrade(request: IncomingMessage, socket: object, call: () => unknown): unknown {
  const server = startServerSpan(new IncomingRequest(request), request.headers);
  endWithAnswer(socket, server);
  emitInContext(socket, server.running, (event) => {
    if (event === 'close') server.end(undefined, true);
  });
  return tellThrown(server.running, () => context.with(server.running, call));
}

/** The answer is written to the bare connection, so its first line is the only place that says the status. */
function endWithAnswer(socket: object, server: ServerSpan): void {
  let isAnswered = false;
  for (const name of ['write', 'end']) {
    wrapMethod(
      socket,
      name,
      (original) =>
        function (...args) {
          if (!isAnswered) {
            isAnswered = true;
            const [first] = args;
            const head =
              typeof first === 'string' ? first : first instanceof Uint8Array ? Buffer.from(first).toString('latin1', 0, 16) : '';
            const status = STATUS_LINE.exec(head)?.[1];
            server.end(status === undefined ? undefined : Number(status), false);
          }
          return Reflect.apply(original, this, args);
        },
    );
  }
}
