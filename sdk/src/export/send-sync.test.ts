import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendSync } from './send-sync.ts';

/** Answers with the status and the type that a path names. In a thread of its own: `sendSync` lets nothing run in this one. */
const SERVER = `
const { parentPort } = require('node:worker_threads');
const server = require('node:http').createServer((request, response) => {
  const [, status, ...type] = request.url.split('/');
  request.resume().on('end', () => response.writeHead(Number(status), { 'content-type': type.join('/') }).end('{}'));
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

let worker: Worker;
let port = 0;

beforeAll(async () => {
  worker = new Worker(SERVER, { eval: true });
  [port] = await once(worker, 'message');
});
afterAll(() => worker.terminate());

it('says which of the requests were taken: none that was refused, or that a web page answered', () => {
  const paths = [
    '200/application/json',
    '200/text/html',
    '503/application/json',
    '202/application/x-protobuf',
    '200/text/html;charset=utf-8',
  ];
  const requests = paths.map((path) => ({
    url: `http://127.0.0.1:${port}/${path}`,
    headers: {},
    certificates: {},
    body: Buffer.from('{}'),
  }));
  expect(sendSync(requests)).toEqual(new Set([0, 3]));
});
