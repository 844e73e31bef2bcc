import { expect, it } from 'vitest';
import { makeBatches } from './import-batch.ts';
import type { Piece } from './read-pieces.ts';

async function* linesOf(times: readonly (readonly [time: string, observed: string])[]): AsyncGenerator<Piece> {
  for (const [index, [timeUnixNano, observedTimeUnixNano]] of times.entries()) {
    const record = { timeUnixNano, observedTimeUnixNano, attributes: [], resource: { attributes: [] }, scope: { attributes: [] } };
    yield { place: `line ${index + 1}`, bytes: Buffer.from(JSON.stringify(record)), encoding: 'json' };
  }
}

it('keeps records of one time in one batch, whichever of their times says it', async () => {
  const at = (number: number, time: string, observed: string) => Array.from({ length: number }, () => [time, observed] as const);
  const counts: number[] = [];
  for await (const batch of makeBatches(linesOf([...at(499, '1', '1'), ...at(2, '7', '9'), ...at(30, '0', '7'), ...at(3, '8', '7')])))
    if ('count' in batch) counts.push(batch.count);
  expect(counts).toEqual([531, 3]);
});
