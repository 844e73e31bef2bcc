import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** By thread, of this process: 0 where nothing was changed. */
function priorities(): Map<string, number> {
  const fields = (thread: string) => readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return new Map(readdirSync('/proc/self/task').map((thread) => [thread, Number(fields(thread)[16])]));
}

describe.skipIf(process.platform !== 'linux')('goBehindOthers', () => {
  it('changes the priority of the thread that calls it, and of no other', async () => {
    const before = priorities();
    const module = fileURLToPath(new URL('./thread-priority.ts', import.meta.url));
    const code = `
      const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(module)}).then(({ goBehindOthers }) => { goBehindOthers(); parentPort.postMessage('done'); });
      parentPort.on('message', () => {});`;
    const worker = new Worker(code, { eval: true });
    try {
      await new Promise((resolve) => worker.once('message', resolve));
      const changed = [...priorities()].filter(
        ([thread, priority]) => priority !== (before.get(thread) ?? before.get(String(process.pid))),
      );
      expect(changed.map(([thread, priority]) => [before.has(thread), priority - (before.get(String(process.pid)) ?? 0)])).toEqual([
        [false, 5],
      ]);
    } finally {
      await worker.terminate();
    }
  });
});
