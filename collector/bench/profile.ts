import { readdir, readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProfileLine } from './results.ts';

/** Lines and columns from 0. */
interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Of V8's format for processor profiles, what is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
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
  const maps = new SourceMaps();
  for (const file of await readdir(directory)) {
    if (!file.endsWith('.cpuprofile')) continue;
    const profile: CpuProfile = JSON.parse(await readFile(path.join(directory, file), 'utf8'));
    const places = new Map<number, string>();
    for (const { id, callFrame } of profile.nodes) places.set(id, await placeOf(callFrame, maps));
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

/** Of the built files, each read once. */
class SourceMaps {
  readonly #maps = new Map<string, Promise<SourceMap | undefined>>();

  /** Undefined for a file without one. */
  of(file: string): Promise<SourceMap | undefined> {
    const known = this.#maps.get(file);
    if (known !== undefined) return known;
    const map = readFile(`${file}.map`, 'utf8').then(
      (text) => new SourceMap(JSON.parse(text)),
      () => undefined,
    );
    this.#maps.set(file, map);
    return map;
  }
}

/** In the sources, as far as a map of the file says where. */
async function placeOf({ functionName, url, lineNumber, columnNumber }: CallFrame, maps: SourceMaps): Promise<string> {
  if (url === '') return functionName;
  const name = functionName || '(anonymous)';
  if (!url.startsWith('file://')) return `${name} (${url}:${lineNumber + 1})`;
  const file = fileURLToPath(url);
  const entry = (await maps.of(file))?.findEntry(lineNumber, columnNumber);
  if (entry === undefined || !('originalSource' in entry)) return `${name} (${path.relative(ROOT, file)}:${lineNumber + 1})`;
  const source = path.resolve(path.dirname(file), entry.originalSource);
  return `${name} (${path.relative(ROOT, source)}:${entry.originalLine + 1})`;
}
