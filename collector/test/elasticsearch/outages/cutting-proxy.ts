import { once } from 'node:events';
import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Stands between a collector and a node: everything passes but the answers that are to be lost. */
export interface CuttingProxy {
  readonly url: string;
  /** Loses the next answer to a request whose path ends so: the node has done it all, and once `meanwhile` has resolved too, the connection breaks. */
  loseAnswer(pathEnd: string, meanwhile: () => Promise<void>): void;
  /** Sends the next request whose path ends so twice, and gives the second answer: as a cluster does where a shard's node dies between the write and its answer. */
  sendTwice(pathEnd: string): void;
  /** How many answers are still to be lost. */
  readonly toLose: number;
  close(): Promise<void>;
}

export async function startCuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const losses: { readonly pathEnd: string; readonly meanwhile: () => Promise<void> }[] = [];
  const repeated: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const repeat = repeated.findIndex((pathEnd) => path?.endsWith(pathEnd));
    if (repeat !== -1) {
      repeated.splice(repeat, 1);
      answerSecond(targetUrl, request, response);
      return;
    }
    const forwarded = httpRequest(new URL(request.url ?? '/', targetUrl), { method: request.method, headers: request.headers });
    forwarded.once('error', () => response.destroy());
    request.pipe(forwarded);
    forwarded.once('response', (answer) => {
      const loss = losses.findIndex(({ pathEnd }) => path?.endsWith(pathEnd));
      if (loss === -1) pass(answer, response);
      else lose(forwarded, response, losses.splice(loss, 1)[0]?.meanwhile);
    });
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    loseAnswer: (pathEnd, meanwhile) => losses.push({ pathEnd, meanwhile }),
    sendTwice: (pathEnd) => repeated.push(pathEnd),
    get toLose() {
      return losses.length;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerSecond(targetUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await buffer(request);
    const send = async () => {
      const forwarded = httpRequest(new URL(request.url ?? '/', targetUrl), { method: request.method, headers: request.headers });
      const answered = new Promise<IncomingMessage>((resolve, reject) => forwarded.once('response', resolve).once('error', reject));
      forwarded.end(body);
      const answer = await answered;
      return { answer, content: await buffer(answer) };
    };
    await send();
    const { answer, content } = await send();
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
  } catch {
    response.destroy();
  }
}

function pass(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(response);
  answer.once('error', () => response.destroy());
}

function lose(forwarded: ClientRequest, response: ServerResponse, meanwhile: (() => Promise<void>) | undefined): void {
  forwarded.destroy();
  Promise.resolve(meanwhile?.()).finally(() => response.destroy());
}
