import { createServer, type Server, type ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiClient } from '../api-client.ts';
import { createTerminal } from '../terminal.ts';
import { followLogs } from './follow-logs.ts';

/** What each connection is sent, one after the other; the last one stays. */
let connections: ((response: ServerResponse) => void)[];
let askedFrom: (string | undefined)[];
let server: Server;

beforeEach(async () => {
  askedFrom = [];
  server = createServer((request, response) => {
    askedFrom.push(request.headers['last-event-id']?.toString());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    connections.shift()?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const event = (name: string, id: string, data: object): string => `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
const arrivals = (id: string, ...ids: string[]): string =>
  event('arrivals', id, { records: ids.map((record) => ({ id: record })), skipped: 0, unread: 0 });

/** What is shown and noted until a record of that id has come. */
async function follow(lastRecord: string): Promise<{ shown: string[]; notes: string[] }> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const shown: string[] = [];
  const notes: string[] = [];
  const stop = new AbortController();
  const client = new ApiClient(`http://127.0.0.1:${port}`, { env: {}, err: createTerminal(new PassThrough(), {}), signal: stop.signal });
  await followLogs(client, {
    query: '',
    signal: stop.signal,
    onRecords: async (records) => {
      shown.push(...records.map(({ id }) => id));
      if (shown.includes(lastRecord)) stop.abort();
    },
    onNote: async (note) => {
      notes.push(note);
    },
  });
  return { shown, notes };
}

it.each([
  [true, []],
  [false, ['what came since the connection was lost is not shown: the collector has started anew']],
])('opens a lost connection again where it was, and says where it cannot (resumed: %s)', async (resumed, said) => {
  connections = [
    (response) => response.end(event('start', '1', { resumed: false }) + arrivals('2', 'a')),
    (response) => response.write(event('start', '2', { resumed }) + arrivals('3', 'b')),
  ];
  const { shown, notes } = await follow('b');
  expect(shown).toEqual(['a', 'b']);
  expect(notes).toEqual(['the collector ended the connection; it is opened again', 'connected again', ...said]);
  expect(askedFrom).toEqual([undefined, '2']);
});
