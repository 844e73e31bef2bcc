import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runGroup } from '../workspace/process-group.mjs';
import { chooseParts, groupParts } from './choose-parts.mjs';
import type { PartContext, PartResult } from './part-result.mjs';
import { addResults, countsLine, forbidSkips } from './part-result.mjs';
import { runPart } from './run-part.mjs';

const options = { env: process.env, signal: new AbortController().signal, missing: new Map<string, string>(), stream: false };
const part = (run: (context: PartContext) => Promise<PartResult>) => ({ name: 'sample', run, needs: [], uses: [] });
const PASSED = { passed: 3, failed: 0, skipped: 0, notes: [] };

describe('runPart', () => {
  it('shows what a part printed only when it failed', async () => {
    const printing = (failed: number) =>
      part(async ({ show }) => {
        show('details');
        return { ...PASSED, failed };
      });
    expect((await runPart(printing(0), options)).output).toBe('');
    expect((await runPart(printing(1), options)).output).toBe('details');
  });

  it('counts a part that crashes as one failure', async () => {
    const outcome = await runPart(
      part(() => Promise.reject(new Error('no such program'))),
      options,
    );
    expect(outcome).toMatchObject({ passed: 0, failed: 1, notes: ['Error: no such program'] });
  });

  it('skips a part whose tools are missing and says what to install', async () => {
    const needy = { ...part(() => expect.unreachable()), needs: ['jdk'] as const };
    const outcome = await runPart(needy, { ...options, missing: new Map([['jdk', 'a JDK of 21 or newer']]) });
    expect(outcome).toMatchObject({ passed: 0, failed: 0, skipped: 1, notes: ['skipped: install a JDK of 21 or newer'] });
  });

  it('gives a part a directory of its own and removes it', async () => {
    let directory = '';
    await runPart(
      part(async ({ workDirectory }) => {
        directory = workDirectory;
        expect(existsSync(directory)).toBe(true);
        return PASSED;
      }),
      options,
    );
    expect(existsSync(directory)).toBe(false);
  });
});

describe('runGroup', () => {
  it('leaves no process of a part behind', async () => {
    let output = '';
    const onOutput = (text: string) => {
      output += text;
    };
    const server = "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); })";
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(server)}], { stdio: 'inherit' }); setTimeout(() => process.exit(3), 1000);`;
    expect(await runGroup(process.execPath, ['-e', script], { cwd: '.', env: process.env, signal: options.signal, onOutput })).toBe(3);
    const port = Number(output.trim());
    expect(port).toBeGreaterThan(0);
    await expect.poll(() => answers(port), { timeout: 5_000 }).toBe(false);
  });
});

describe('the counts', () => {
  it('are added up and shown in the form that CI reads', () => {
    expect(countsLine(addResults([PASSED, { passed: 1, failed: 2, skipped: 4, notes: ['why'] }]))).toBe('4 passed, 2 failed, 4 skipped');
  });

  it('have no skips where none are allowed', () => {
    expect(forbidSkips({ passed: 1, failed: 1, skipped: 2, notes: [] })).toMatchObject({ passed: 1, failed: 3, skipped: 0 });
    expect(forbidSkips(PASSED)).toBe(PASSED);
  });
});

describe('chooseParts', () => {
  const parts = [{ name: 'unit' }, { name: 'sdk' }, { name: 'demo' }];

  it('takes all parts unless some are named, in their own order', () => {
    expect(chooseParts([], parts)).toEqual(parts);
    expect(chooseParts(['--part', 'demo', '--part=unit'], parts)).toEqual([{ name: 'unit' }, { name: 'demo' }]);
  });

  it('takes a part that runs on request only when it is named', () => {
    const withSlow = [...parts, { name: 'slow', onRequest: true }];
    expect(chooseParts([], withSlow)).toEqual(parts);
    expect(chooseParts(['--part', 'slow'], withSlow)).toEqual([{ name: 'slow', onRequest: true }]);
  });

  it('names the parts there are when asked for another', () => {
    expect(() => chooseParts(['--part', 'units'], parts)).toThrow('there is no part units; the parts are unit, sdk, demo');
    expect(() => chooseParts(['unit'], parts)).toThrow('npm test -- --part NAME');
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('groupParts', () => {
  it('puts a part that runs beside the one before it into one group with that', () => {
    const [unit, sdk, demo] = [
      { name: 'unit', besideLast: false },
      { name: 'sdk', besideLast: true },
      { name: 'demo', besideLast: false },
    ] as const;
    expect(groupParts([unit, sdk, demo])).toEqual([[unit, sdk], [demo]]);
    expect(groupParts([sdk, demo])).toEqual([[sdk], [demo]]);
  });
});
