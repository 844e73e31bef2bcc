import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProfileLine } from './results.ts';

/** Of V8's format for processor profiles, what is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Time in which a thread had nothing to do. */
const IDLE = new Set(['(idle)', '(root)']);

/** The functions in which most processor time was spent itself, over all threads of a process that ran with `--cpu-prof`. */
export async function readProfiles(directory: string, count: number): Promise<ProfileLine[]> {
  const microsByPlace = new Map<string, number>();
  for (const file of await readdir(directory)) {
    if (!file.endsWith('.cpuprofile')) continue;
    const profile: CpuProfile = JSON.parse(await readFile(path.join(directory, file), 'utf8'));
    const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
    profile.samples.forEach((id, index) => {
      const place = places.get(id) ?? '';
      if (!IDLE.has(place)) microsByPlace.set(place, (microsByPlace.get(place) ?? 0) + (profile.timeDeltas[index] ?? 0));
    });
  }
  const total = [...microsByPlace.values()].reduce((sum, micros) => sum + micros, 0);
  return [...microsByPlace]
    .map(([place, micros]) => ({ place, percent: (micros / total) * 100 }))
    .toSorted((left, right) => right.percent - left.percent)
    .slice(0, count);
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const file = url.startsWith('file://') ? path.relative(ROOT, fileURLToPath(url)) : url;
  return `${functionName || '(anonymous)'} (${file}:${lineNumber + 1})`;
}
