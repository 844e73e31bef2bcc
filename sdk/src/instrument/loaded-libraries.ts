import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { NODE_MODULES } from './module-place.ts';

/** OpenTelemetry's NodeSDK, where an app has one too, imports it, and who imported a module is not known: it counts only where it was required. */
const IMPORTED_BY_US = '@grpc/grpc-js';

/** A loaded CommonJS module, as far as it is read here. */
interface LoadedModule {
  /** Who required it first; nobody, when it was imported. */
  readonly parent?: { readonly filename?: string | null } | null | undefined;
}

/**
 * Which of these packages the app has loaded by now, by `require` or by an `import` of a CommonJS package, which all of them
 * are or have inside. What OpenTelemetry's packages loaded for themselves does not count.
 */
export function findLoadedLibraries(
  names: readonly string[],
  cache: Readonly<Record<string, LoadedModule | undefined>> = createRequire(import.meta.url).cache,
): string[] {
  const loaded = new Set<string>();
  for (const [file, module] of Object.entries(cache)) {
    const name = packageOf(file);
    const loader = packageOf(module?.parent?.filename ?? '');
    // A file of the package was required by another one of it: who required the first one is on that.
    if (name === undefined || loader === name || loader?.startsWith('@opentelemetry/')) continue;
    if (name === IMPORTED_BY_US && (module?.parent ?? undefined) === undefined) continue;
    loaded.add(name);
  }
  return names.filter((name) => loaded.has(name));
}

/** The name of the package that a file is in; undefined for one of the app's own. */
function packageOf(file: string): string | undefined {
  const start = file.lastIndexOf(NODE_MODULES);
  if (start === -1) return undefined;
  const [first = '', second = ''] = file.slice(start + NODE_MODULES.length).split(sep);
  return first.startsWith('@') ? `${first}/${second}` : first;
}
