import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'vite';

/** The page that `/` leads to; from the package's folder, as the manifest names it. */
export const FIRST_PAGE = 'src/panels/log-search/log-search-page.tsx';
/** The file of what every page needs, which `index.html` begins with. */
export const FRAME = 'frame';
/** Smaller sets of modules that the same pages share go to the set whose pages are most alike. With larger ones among them files come to import each other in a circle. */
const SMALL_BYTES = 20_000;
const SHARED = 'shared';

/**
 * Which modules share a file. Left alone there is one for each set of pages and views that has something in common: 90 requests for a page, most of them for a kilobyte. Now
 * there is one that every page needs, one of what the first page needs beside it, and few of what later ones share.
 */
export const CHUNK_GROUPS: Rolldown.CodeSplittingGroup[] = [
  { name: FRAME, tags: ['$initial'], priority: 3 },
  { name: firstPageName(), priority: 2 },
  { name: SHARED, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: SMALL_BYTES, priority: 1 },
];

/** Names what the first page imports, and what that imports; not the page itself, which is a file of its own as every page, nor what comes later. */
function firstPageName(): Rolldown.CodeSplittingNameFunction {
  let modules: ReadonlySet<string> | undefined;
  return (id, context) => {
    modules ??= staticImports(fileURLToPath(new URL(FIRST_PAGE, import.meta.url)), (module) => context.getModuleInfo(module));
    return modules.has(id) ? 'first-page' : null;
  };
}

function staticImports(id: string, getModuleInfo: Rolldown.GetModuleInfo, found = new Set<string>()): ReadonlySet<string> {
  for (const imported of getModuleInfo(id)?.importedIds ?? []) {
    if (found.has(imported)) continue;
    found.add(imported);
    staticImports(imported, getModuleInfo, found);
  }
  return found;
}

/** Where a file goes: those of several pages would be named after all of them. */
export function assetName(name: string, extension: string): string {
  return `assets/${name.startsWith(SHARED) ? SHARED : name}-[hash]${extension}`;
}
