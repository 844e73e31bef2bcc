import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { BatchEncoder } from './batch-encoder.ts';
import { ItemBuffer } from './item-buffer.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

interface Item {
  readonly bytes: number;
}

class CountingEncoder implements BatchEncoder<Item> {
  byteCount = 0;

  add({ bytes }: Item): void {
    this.byteCount += bytes;
  }

  undo(): void {
    throw new Error('no item of this test is that large');
  }

  take(): Uint8Array {
    this.byteCount = 0;
    return new Uint8Array();
  }
}

it('keeps the last eight items but large ones, and none when it is closed', async () => {
  const buffer = new ItemBuffer<Item>({
    signal: 'traces',
    maxItems: 100,
    maxBatchItems: 50,
    delayMillis: 10,
    encoder: new CountingEncoder(),
    prepare: undefined,
    mayChange: () => false,
    traceIdOf: () => undefined,
    nowMillis: () => 0,
    isReady: () => true,
    submit: () => undefined,
    keepNow: (batches) => batches,
    onLoss: () => undefined,
  });
  const large = addOne(buffer, 100_000);
  const added = Array.from({ length: 7 }, () => addOne(buffer, 200));
  buffer.cut();
  await collected();
  expect(large.deref()).toBeUndefined();
  added.push(...Array.from({ length: 13 }, () => addOne(buffer, 200)));
  buffer.cut();
  await collected();
  expect(added.map((reference) => reference.deref() !== undefined)).toEqual([...Array(12).fill(false), ...Array(8).fill(true)]);
  buffer.close('the test ends');
  await collected();
  expect(added.filter((reference) => reference.deref() !== undefined)).toEqual([]);
});

function addOne(buffer: ItemBuffer<Item>, bytes: number): WeakRef<Item> {
  const item = { bytes };
  buffer.add(item);
  return new WeakRef(item);
}

/** A reference that was read keeps its object until the turn ends. */
async function collected(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}
