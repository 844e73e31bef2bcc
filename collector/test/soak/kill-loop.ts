import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningCollector, startCollector } from '../running-collector.ts';
import type { SeededRandom } from '../storage-contract/seeded-random.ts';

const SENDERS = 4;
/** Of batches that were acknowledged, the share that is sent once more with the same key, as a sender does whose answer got lost. */
const REPEAT_SHARE = 0.1;
const MIN_LIFE_MILLIS = 100;
const MAX_LIFE_MILLIS = 1_200;
/** Of batches between two lines of the report. */
const REPORT_KILLS = 10;

export interface KillLoopOptions {
  readonly directory: string;
  readonly settings?: Record<string, string>;
  readonly kills: number;
  readonly random: SeededRandom;
  /** Posts a batch under a key of its own; true once it was answered 200, false when the collector was gone before it did. */
  readonly post: (collector: RunningCollector, batch: number) => Promise<boolean>;
  readonly report: (line: string) => void;
}

export interface KillLoopResult {
  /** Running, after the last kill. */
  readonly collector: RunningCollector;
  /** In the order of their answers; the last batches among them were sent after the last kill. */
  readonly acknowledged: ReadonlySet<number>;
  readonly repeatedBatches: number;
  /** From the start of the process until it takes data, after each kill, ascending. */
  readonly readyMillis: readonly number[];
  /** What those that were killed had written to their logs. */
  readonly logs: readonly string[];
}

/**
 * Kills the collector at random instants while senders post numbered batches, and starts it again on the same data. A batch without an answer is sent again
 * until it has one.
 */
export async function killLoop({ directory, settings, kills, random, post, report }: KillLoopOptions): Promise<KillLoopResult> {
  const readyMillis: number[] = [];
  const logs: string[] = [];
  const acknowledged = new Set<number>();
  const waiting: number[] = [];
  let nextBatch = 0;
  let repeatedBatches = 0;
  let collector = await startCollector(directory, settings);
  for (let kill = 0; kill < kills; kill += 1) {
    const target = collector;
    const life = { over: false };
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!life.over) {
        const batch = waiting.pop() ?? nextBatch++;
        if (await post(target, batch)) {
          acknowledged.add(batch);
          if (random.chance(REPEAT_SHARE) && (await post(target, batch))) repeatedBatches += 1;
        } else waiting.push(batch);
      }
    });
    await sleep(MIN_LIFE_MILLIS + random.next() * (MAX_LIFE_MILLIS - MIN_LIFE_MILLIS));
    await target.end('SIGKILL');
    life.over = true;
    logs.push(target.stderr());
    await Promise.all(senders);
    const startedAt = performance.now();
    collector = await startCollector(directory, settings);
    readyMillis.push(performance.now() - startedAt);
    if ((kill + 1) % REPORT_KILLS === 0) report(`  ${kill + 1} kills, ${acknowledged.size} batches acknowledged`);
  }
  for (const batch of waiting) if (await post(collector, batch)) acknowledged.add(batch);
  return { collector, acknowledged, repeatedBatches, readyMillis: readyMillis.sort((left, right) => left - right), logs };
}
