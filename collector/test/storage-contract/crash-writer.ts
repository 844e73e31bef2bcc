import { createEmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import { crashBatch } from './crash-batches.ts';

/**
 * A process to be killed: writes the batches from `first` on without end and says the number of each once it is acknowledged.
 * Run as `node crash-writer.ts <directory> <first>`.
 */
const [directory, first] = process.argv.slice(2);
if (directory === undefined || first === undefined) throw new Error('usage: crash-writer.ts <directory> <first>');
const storage = createEmbeddedStorage({ directory });
await storage.start(AbortSignal.timeout(30_000));
for (let batch = Number(first); ; batch += 1) {
  const { logs, spans } = crashBatch(batch);
  await Promise.all([storage.writeLogs('default', logs), storage.writeSpans('default', spans)]);
  process.stdout.write(`${batch}\n`);
}
