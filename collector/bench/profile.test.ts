import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readProfiles } from './profile.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'threadline-profile-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('names functions by their place in the sources where a map tells it, and adds up what all threads took', async () => {
  const mapped = path.join(directory, 'mapped.js');
  // The second line of the file is the fifth of `read.ts`.
  await writeFile(`${mapped}.map`, JSON.stringify({ version: 3, sources: ['src/read.ts'], names: [], mappings: ';AAIA' }));
  const frame = (functionName: string, url: string, lineNumber: number) => ({ functionName, url, lineNumber, columnNumber: 0 });
  const nodes = [
    { id: 1, callFrame: frame('(idle)', '', -1) },
    { id: 2, callFrame: frame('read', pathToFileURL(mapped).href, 1) },
    { id: 3, callFrame: frame('', pathToFileURL(path.join(directory, 'plain.js')).href, 6) },
    { id: 4, callFrame: frame('emit', 'node:events', 10) },
  ];
  const profile = { nodes, samples: [1, 2, 3, 2, 4], timeDeltas: [900, 20, 30, 20, 5] };
  for (const thread of ['a', 'b']) await writeFile(path.join(directory, `${thread}.cpuprofile`), JSON.stringify(profile));
  const lines = await readProfiles(directory, 3);
  expect(lines.map(({ place, percent }) => [place.replace(/\([^()]*\/([^/()]+)\)$/, '($1)'), Math.round(percent)])).toEqual([
    ['read (read.ts:5)', 53],
    ['(anonymous) (plain.js:7)', 40],
    ['emit (node:events:11)', 7],
  ]);
});
