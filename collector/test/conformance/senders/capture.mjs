// Runs a sender against a server that only keeps what it gets: each request body goes to ../payloads/NAME-SIGNAL-N.bin (or .json).
//   node capture.mjs NAME COMMAND [ARG ...]    the command gets the server's URL as its last argument
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [name, command, ...args] = process.argv.slice(2);
const directory = join(import.meta.dirname, '..', 'payloads');
mkdirSync(directory, { recursive: true });
const counts = { logs: 0, traces: 0 };

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const signal = request.url === '/v1/logs' ? 'logs' : 'traces';
  const extension = request.headers['content-type'] === 'application/json' ? 'json' : 'bin';
  counts[signal] += 1;
  writeFileSync(join(directory, `${name}-${signal}-${counts[signal]}.${extension}`), Buffer.concat(chunks));
  response.setHeader('content-type', request.headers['content-type']);
  response.end(extension === 'json' ? '{}' : '');
});
server.listen(0, '127.0.0.1', () => {
  const child = spawn(command, [...args, `http://127.0.0.1:${server.address().port}`], { stdio: 'inherit' });
  child.on('exit', (code) => {
    server.close();
    server.closeAllConnections();
    console.log(`${name}: ${counts.traces} trace bodies, ${counts.logs} log bodies`);
    process.exitCode = code ?? 1;
  });
});
