import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../test/storage-contract/seeded-random.ts';
import { HttpClient } from './http-client.ts';
import { drawUuid, singleLog } from './load.ts';
import { sendOne } from './send-load.ts';
import type { RunningServer } from './servers/server.ts';
import { type Spread, spreadOf } from './spread.ts';

const POLL_MILLIS = 5;
const MAX_MILLIS = 30_000;

/** How long after its acknowledgement a log is found, each time another one. Undefined where the server keeps no logs. */
export async function measureSearchable(server: RunningServer, options: { runs: number; seed: number }): Promise<Spread | undefined> {
  const url = server.ingestUrls.logs;
  if (url === undefined || server.findWord('probe') === undefined) return undefined;
  const client = new HttpClient(1);
  const random = new SeededRandom(options.seed);
  const millis: number[] = [];
  for (let run = 0; run < options.runs; run += 1) {
    const word = `probe${drawUuid(random).replaceAll('-', '')}`;
    await sendOne({ client, url }, singleLog(word), { latencies: [], refused: 0 });
    millis.push(await untilFound(client, server, word));
  }
  client.close();
  return spreadOf(millis);
}

async function untilFound(client: HttpClient, server: RunningServer, word: string): Promise<number> {
  const acknowledgedAt = performance.now();
  for (;;) {
    const query = server.findWord(word);
    if (query === undefined) throw new Error('a server that takes logs finds none');
    const answer = await client.send(query);
    const millis = performance.now() - acknowledgedAt;
    if (answer.status === 200 && query.count(answer.text) > 0) return millis;
    if (millis > MAX_MILLIS) throw new Error(`an acknowledged log was not found within ${MAX_MILLIS} ms`);
    await sleep(POLL_MILLIS);
  }
}
