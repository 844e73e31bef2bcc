import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { FIRST_PAGE, FRAME } from '../chunk-groups.ts';
import { isFirst } from '../first-texts.ts';
import { english } from '../src/messages/english.ts';

/** JavaScript that a first visit fetches, gzipped. Source: the UI's design, "first load at most 250 KB". */
const MAX_FIRST_LOAD_BYTES = 250 * 1024;
/** In so many files: each is a request. */
const MAX_FIRST_LOAD_FILES = 8;
/** A view that comes later as a chunk of its own, with what only it needs. */
const MAX_CHUNK_BYTES = 130 * 1024;
/** Vite names chunks of virtual modules so. */
const OTHER_LANGUAGE = 'virtual:first-texts/ko';
/** A key of a text in code, or the start of one: as `logs.total`, or `context.${kind}`. */
const KEY = /["'`]([a-z]\w*(?:\.\w+)+|[a-z]\w*\.(?=\$\{))["'`$]/g;

interface ManifestChunk {
  readonly file: string;
  readonly name?: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

const dist = new URL('../dist/', import.meta.url);
const manifest = parseManifest(JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8')));
const firstLoad = new Set([...closure(entryKey()), ...closure(FIRST_PAGE)]);
const firstLoadBytes = await sum(firstLoad);
/** Texts of the other language, where they are what the page is drawn with. */
const languageBytes = await sum([...closure(OTHER_LANGUAGE)].filter((file) => !firstLoad.has(file)));
const problems: string[] = [];
console.log(
  `First load: ${kilobytes(firstLoadBytes)} of JavaScript gzipped in ${firstLoad.size} files, ${kilobytes(firstLoadBytes + languageBytes)} in Korean, at most ${kilobytes(MAX_FIRST_LOAD_BYTES)}`,
);
const excessBytes = firstLoadBytes + languageBytes - MAX_FIRST_LOAD_BYTES;
if (excessBytes > 0) problems.push(`the first load is ${kilobytes(excessBytes)} too large`);
if (firstLoad.size > MAX_FIRST_LOAD_FILES) problems.push(`the first load has ${firstLoad.size} files, at most ${MAX_FIRST_LOAD_FILES}`);
const late = await lateTexts();
if (late.length > 0) problems.push(`the first load speaks of texts that come after it, name them in first-texts.ts: ${late.join(', ')}`);
const circle = chunkCircle();
if (circle !== undefined)
  problems.push(`files import each other in a circle, what one needs at its start may not be there yet: ${circle.join(' → ')}`);
for (const name of new Set(Object.values(manifest).flatMap((chunk) => chunk.dynamicImports ?? []))) {
  const own = [...closure(name)].filter((file) => !firstLoad.has(file));
  const bytes = await sum(own);
  console.log(`  ${kilobytes(bytes).padStart(8)}  ${name}`);
  if (bytes > MAX_CHUNK_BYTES) problems.push(`${name} is ${kilobytes(bytes - MAX_CHUNK_BYTES)} too large for a chunk`);
}
for (const problem of problems) console.error(`JavaScript budget: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

function entryKey(): string {
  const entry = Object.entries(manifest).find(([, chunk]) => chunk.name === FRAME);
  if (entry === undefined) throw new Error(`dist/.vite/manifest.json has no chunk of the name "${FRAME}"`);
  return entry[0];
}

/** The files that a chunk cannot do without. */
function closure(name: string, files = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`dist/.vite/manifest.json has no chunk "${name}"`);
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) closure(imported, files);
  return files;
}

/** Chunks that import each other, if any do: grouping modules can make circles that the modules themselves have not. */
function chunkCircle(): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const imported of manifest[name]?.imports ?? []) {
      const found = visit(imported, [...path, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(manifest)) {
    const found = visit(name, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Keys of texts that code of the first load names and that are not among the first texts. */
async function lateTexts(): Promise<string[]> {
  const late = new Set<string>();
  for (const file of firstLoad) {
    for (const [, key = ''] of (await readFile(new URL(file, dist), 'utf8')).matchAll(KEY)) {
      for (const known of Object.keys(english))
        if ((key.endsWith('.') ? known.startsWith(key) : known === key) && !isFirst(known)) late.add(known);
    }
  }
  return [...late].sort();
}

async function sum(files: Iterable<string>): Promise<number> {
  const sizes = [...files].map(async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length);
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

function parseManifest(value: unknown): Readonly<Record<string, ManifestChunk>> {
  if (typeof value !== 'object' || value === null) throw new Error('dist/.vite/manifest.json is not an object');
  return Object.fromEntries(Object.entries(value).map(([name, chunk]) => [name, parseChunk(name, chunk)]));
}

function parseChunk(name: string, chunk: unknown): ManifestChunk {
  if (typeof chunk !== 'object' || chunk === null || !('file' in chunk)) throw new Error(`chunk "${name}" has no file`);
  const list = (key: string): readonly string[] => {
    const values: unknown = Object.entries(chunk).find(([field]) => field === key)?.[1];
    return Array.isArray(values) ? values.map(String) : [];
  };
  const named = 'name' in chunk ? { name: String(chunk.name) } : {};
  return { file: String(chunk.file), ...named, imports: list('imports'), dynamicImports: list('dynamicImports') };
}
