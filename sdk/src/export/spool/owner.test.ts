import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { describeOwner, isDead, parseOwner } from './owner.ts';

const LONG_SILENCE = 3_600_000;

async function pidOfEndedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('an owner', () => {
  const self = describeOwner();

  it('comes back from its file', () => {
    expect(parseOwner(JSON.stringify(self))).toEqual(self);
  });

  it.each(['', 'null', '7', '{}', '{"pid":-1}', '{"pid":"x"}'])('is not read from %j', (text) => {
    expect(parseOwner(text)).toBeUndefined();
  });

  it('that is this process lives, however long it was silent', () => {
    expect(isDead(self, self, LONG_SILENCE)).toBe(false);
  });

  it('whose process ended is dead at once', async () => {
    expect(isDead({ ...self, pid: await pidOfEndedProcess() }, self, 0)).toBe(true);
  });

  it('whose number is another process’s now is dead', () => {
    expect(isDead({ ...self, startTicks: '1' }, self, 0)).toBe(true);
  });

  it('of an earlier start of this machine is dead', () => {
    expect(isDead({ ...self, bootId: 'another' }, self, 0)).toBe(true);
  });

  it.each([{ host: 'another' }, { pidNamespace: 'pid:[1]' }])(
    'that cannot be seen from here (%j) is dead after three silent minutes',
    (change) => {
      expect(isDead({ ...self, ...change }, self, 179_000)).toBe(false);
      expect(isDead({ ...self, ...change }, self, 181_000)).toBe(true);
    },
  );
});
