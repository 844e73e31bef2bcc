import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { announcement } from './bundle-announcement.ts';
import { formatRange, isInRange, type ModuleHook } from './module-hook.ts';
import { placeOf } from './module-place.ts';

/** What is used of esbuild's own interface, so that nothing of it has to be installed. */
export interface EsbuildPlugin {
  readonly name: string;
  setup(build: EsbuildBuild): void;
}

interface EsbuildBuild {
  onResolve(options: { filter: RegExp }, callback: (file: { path: string }) => { path: string; external: boolean }): void;
  onLoad(options: { filter: RegExp }, callback: (file: { path: string }) => Promise<Loaded | undefined>): void;
}

interface Loaded {
  readonly contents?: string;
  readonly loader?: 'js';
  readonly warnings?: { text: string }[];
}

type FollowedLibrary = Pick<ModuleHook, 'module' | 'versions' | 'files' | 'isForMoreThanThis'>;

const OWN_PACKAGE = /^@threadline\/sdk(\/|$)/;
/** A line of an ES module that no CommonJS file has. */
const ES_MODULE_LINE = /^\s*(?:export\s*[{*]|export\s+(?:default|const|let|var|class|function|async)\b|import\s*[\w{*'"].*\bfrom\b)/m;

/** Puts a last line into each file of the bundle that a library's exports come from, by which the SDK is told of them. */
export function createEsbuildPlugin(libraries: readonly FollowedLibrary[]): EsbuildPlugin {
  const known = new Map(libraries.map((library) => [library.module, library]));
  const packages = new Map<string, Package | undefined>();
  const warned = new Set<string>();

  function packageOf(folder: string): Package | undefined {
    if (!packages.has(folder)) packages.set(folder, readPackage(folder));
    return packages.get(folder);
  }

  return {
    name: 'threadline',
    setup(build) {
      // One SDK in a process: the one that it is started with.
      build.onResolve({ filter: OWN_PACKAGE }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /[\\/]node_modules[\\/].+\.[cm]?js$/ }, async ({ path }) => {
        const place = placeOf(path);
        const library = place && known.get(place.name);
        const installed = library && place && packageOf(place.folder);
        if (library?.versions === undefined || !installed) return undefined;
        const isMeant = installed.entries.has(path) || library.files?.includes(place.inside) === true;
        if (!isMeant) return undefined;
        const { module: name, versions } = library;
        const { version } = installed;
        if (!isInRange(version, versions)) {
          if (library.isForMoreThanThis === true) return undefined;
          const text = `${name} ${version} is not of the versions that Threadline was tested with (${formatRange(versions)}), so that it is not followed`;
          const isNew = !warned.has(text);
          warned.add(text);
          return isNew ? { contents: await readFile(path, 'utf8'), loader: 'js', warnings: [{ text }] } : undefined;
        }
        const contents = await readFile(path, 'utf8');
        return { contents: `${contents}\n${lastLine(path, contents, { name, version })}\n`, loader: 'js' };
      });
    },
  };
}

function lastLine(path: string, contents: string, library: { readonly name: string; readonly version: string }): string {
  if (!isEsModule(path, contents)) return announcement(library, 'exports', 'module.exports');
  const own = JSON.stringify(`./${path.slice(dirname(path).length + 1)}`);
  return `import * as threadlineNamespace from ${own};\n${announcement(library, 'namespace', 'threadlineNamespace')}`;
}

function isEsModule(path: string, contents: string): boolean {
  if (extname(path) !== '.js') return extname(path) === '.mjs';
  return ES_MODULE_LINE.test(contents);
}

interface Package {
  readonly version: string;
  /** The files that its name may stand for, by whatever condition. */
  readonly entries: ReadonlySet<string>;
}

function readPackage(folder: string): Package | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { version, main, module, exports }: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(file, 'utf8'));
  const root = typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
  const named = [main ?? 'index.js', module, ...textsIn(root)].filter((entry) => typeof entry === 'string');
  // As `require` completes a name: `./lib` is a folder.
  const entries = named.flatMap((entry) => ['', '.js', '/index.js'].map((end) => join(folder, `${entry}${end}`)));
  return { version: String(version), entries: new Set(entries) };
}

/** In conditions, which may be nested; subpaths are not asked about. */
function textsIn(conditions: unknown): string[] {
  if (typeof conditions === 'string') return [conditions];
  if (typeof conditions !== 'object' || conditions === null) return [];
  return Object.entries(conditions).flatMap(([key, value]) => (key.startsWith('./') ? [] : textsIn(value)));
}
