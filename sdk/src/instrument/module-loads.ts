import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diag } from '@opentelemetry/api';
import { type ExportKind, listenToBundles } from './bundle-announcement.ts';
import { isInRange, type ModuleHook } from './module-hook.ts';
import { NODE_MODULES, placeOf } from './module-place.ts';
import { UNSUPPORTED_LIBRARIES } from './unsupported-libraries.ts';
import { isObject, wrapMethod } from './wrap-method.ts';

/** Where a module that was given a last line finds us. */
const LOADED = Symbol.for('threadline.module.loaded');
const load = createRequire(import.meta.url);
/** What a bundler writes. */
const SCRIPT = /\.[cm]?js$/;

/** Who hears of what is loaded and not followed. */
interface LoadListeners {
  /** Once of each version of a package that is not one that the hook was tried with. */
  untested(hook: ModuleHook, version: string): void;
  /** Once of each package for which there is no hook and never was. */
  unsupported(name: string): void;
  /** Of each file of JavaScript that is in no package, whenever it is loaded. */
  appFile(path: string): void;
}

/**
 * Calls the hooks for what is loaded from now on. A CommonJS file is seen when Node's loader has run it, whoever asked for it:
 * `require` and `import` share that one method, so nothing is resolved or read for it. An ES module, and a CommonJS file that another loader gives Node the source of, is given a last line that
 * tells us of it, by a hook that sees only what is loaded and not each name that is resolved, which would cost a start as much
 * as all else that the SDK does. What is in a bundle that was made with our plugin says so itself. To be called once, before the
 * app's first import.
 */
export function followModules(hooks: readonly ModuleHook[], listeners: LoadListeners): void {
  const modules = new FollowedModules(hooks, listeners);
  wrapMethod(
    Module.prototype,
    'load',
    (original) =>
      function (filename, ...rest) {
        const result = Reflect.apply(original, this, [filename, ...rest]);
        if (typeof filename !== 'string') return result;
        if (isOfApp(filename)) listeners.appFile(filename);
        const hook = modules.find(filename);
        if (hook !== undefined && isObject(this)) modules.patch(hook, Reflect.get(this, 'exports'));
        return result;
      },
  );
  for (const [holder, name] of [
    [Module, '_load'],
    [process, 'getBuiltinModule'],
  ] as const)
    wrapMethod(
      holder,
      name,
      (original) =>
        function (id, ...rest) {
          const result = Reflect.apply(original, this, [id, ...rest]);
          const hook = typeof id === 'string' ? modules.findBuiltin(id) : undefined;
          if (hook !== undefined) modules.patch(hook, result);
          return result;
        },
    );
  listenToBundles(({ name, version }, { kind, value }) => {
    const hook = modules.findVersion(name, version);
    if (hook !== undefined) modules.patchExports(hook, kind, value);
  });
  if (hasLoadHooks()) followImports(modules, listeners);
  else {
    const { followImportsInLoaderThread }: typeof import('./older-imports.ts') = load('../instrument/older-imports.js');
    followImportsInLoaderThread(hooks, (hook, namespace, folder) => modules.patchNamespace(hook, namespace, folder));
  }
}

/** Node 22.22.3, 24.11.1 and newer: before, a hook took CommonJS files that are imported away from Node's own loader. */
function hasLoadHooks(): boolean {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);
  const [leastMinor, leastPatch] = major === 22 ? [22, 3] : major === 24 ? [11, 1] : major === 25 ? [1, 0] : [0, 0];
  return major >= 22 && major !== 23 && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch));
}

function followImports(modules: FollowedModules, { appFile }: LoadListeners): void {
  Reflect.set(globalThis, LOADED, (file: string, kind: ExportKind, value: unknown) => {
    const hook = modules.find(file);
    if (hook !== undefined) modules.patchExports(hook, kind, value);
  });
  // Not imported by its name: an older Node could not even load this file to be told what it lacks.
  Module.registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      // Which is changed when it is had, by the method above.
      if (modules.findBuiltin(url) !== undefined) process.getBuiltinModule(url);
      else if (isWritten(loaded) && url.startsWith('file:')) {
        const file = fileURLToPath(url);
        if (isOfApp(file)) appFile(file);
        else if (modules.find(file) !== undefined)
          return { ...loaded, source: `${textOf(loaded.source)}\n${lastLine(loaded.format, url, file)}` };
      }
      return loaded;
    },
  });
}

function isOfApp(file: string): boolean {
  return SCRIPT.test(file) && !file.includes(NODE_MODULES);
}

/** An ES module; or a CommonJS file that a loader of the app's own gave Node the source of, whose `require` and `load` are not those of the class. */
function isWritten({ format, source }: Module.LoadFnOutput): boolean {
  return format === 'module' || (format === 'commonjs' && source !== undefined && source !== null);
}

/** Runs when all of the module has run, and before whoever asked for it. */
function lastLine(format: string | null | undefined, url: string, file: string): string {
  const tell = (kind: ExportKind, expression: string): string =>
    `globalThis[Symbol.for(${JSON.stringify(LOADED.description)})]?.(${JSON.stringify(file)}, ${JSON.stringify(kind)}, ${expression});`;
  if (format === 'commonjs') return `;${tell('exports', 'module.exports')}`;
  return `import * as threadlineNamespace from ${JSON.stringify(url)};${tell('namespace', 'threadlineNamespace')}`;
}

function textOf(source: unknown): string {
  if (typeof source === 'string') return source;
  return source instanceof Uint8Array || source instanceof ArrayBuffer ? new TextDecoder().decode(source) : '';
}

/** A package's folder, as it is installed. */
interface Installed {
  readonly version: string | undefined;
  /** The file that `require` of its name loads. */
  readonly main: string | undefined;
}

class FollowedModules {
  readonly #hooks: ReadonlyMap<string, ModuleHook>;
  readonly #listeners: LoadListeners;
  readonly #installed = new Map<string, Installed>();
  readonly #noted = new Set<string>();

  constructor(hooks: readonly ModuleHook[], listeners: LoadListeners) {
    this.#hooks = new Map(hooks.map((hook) => [hook.module, hook]));
    this.#listeners = listeners;
  }

  /** The hook for a file of a package, of a version that was tried. */
  find(file: string): ModuleHook | undefined {
    const place = placeOf(file);
    const hook = place && this.#hooks.get(place.name);
    if (place !== undefined && UNSUPPORTED_LIBRARIES.has(place.name))
      this.#noteOnce(place.name, () => this.#listeners.unsupported(place.name));
    if (place === undefined || hook === undefined) return undefined;
    const { name, folder, inside } = place;
    const { main } = this.#read(folder, name);
    const isMeant = file === main || hook.files?.includes(inside) === true;
    return isMeant && this.#isTested(hook, folder) ? hook : undefined;
  }

  /** The hook for a package, where this version was tried. */
  findVersion(name: string, version: string): ModuleHook | undefined {
    const hook = this.#hooks.get(name);
    return hook !== undefined && this.#isTestedVersion(hook, version) ? hook : undefined;
  }

  findBuiltin(id: string): ModuleHook | undefined {
    const hook = this.#hooks.get(id) ?? (id.startsWith('node:') ? this.#hooks.get(id.slice(5)) : undefined);
    return hook?.versions === undefined ? hook : undefined;
  }

  /** A patch that fails must not keep the app from its library. */
  patch(hook: ModuleHook, moduleExports: unknown, namespace = moduleExports): void {
    try {
      hook.patch(moduleExports, namespace);
    } catch (error) {
      diag.error(`threadline: ${hook.module} is not followed`, error);
    }
  }

  patchExports(hook: ModuleHook, kind: ExportKind, value: unknown): void {
    if (kind === 'exports') this.patch(hook, value);
    else this.patchNamespace(hook, value);
  }

  /** What an `import` sees; `folder` is that of its package, where it is not known yet which version that is. */
  patchNamespace(hook: ModuleHook, namespace: unknown, folder?: string): void {
    if (folder !== undefined && hook.versions !== undefined) {
      this.#read(folder, hook.module);
      if (!this.#isTested(hook, folder)) return;
    }
    this.patch(hook, isObject(namespace) ? (Reflect.get(namespace, 'default') ?? namespace) : namespace, namespace);
  }

  #isTested(hook: ModuleHook, folder: string): boolean {
    const version = this.#installed.get(folder)?.version;
    return version !== undefined && this.#isTestedVersion(hook, version);
  }

  #isTestedVersion(hook: ModuleHook, version: string): boolean {
    if (hook.versions === undefined) return false;
    if (isInRange(version, hook.versions)) return true;
    this.#noteOnce(`${hook.module}@${version}`, () => this.#listeners.untested(hook, version));
    return false;
  }

  #noteOnce(what: string, note: () => void): void {
    if (this.#noted.has(what)) return;
    this.#noted.add(what);
    note();
  }

  #read(folder: string, name: string): Installed {
    const known = this.#installed.get(folder);
    if (known !== undefined) return known;
    const installed = { version: versionOf(folder), main: mainOf(folder, name) };
    this.#installed.set(folder, installed);
    return installed;
  }
}

function versionOf(folder: string): string | undefined {
  try {
    const { version }: { readonly version?: unknown } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Asked for from beside the package, where no other copy that it brings is in the way, and where its name says nothing there, as with Yarn's Plug'n'Play, by itself. */
function mainOf(folder: string, name: string): string | undefined {
  return resolveFrom(dirname(folder), name) ?? resolveFrom(folder, name);
}

function resolveFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, 'any.js')).resolve(name);
  } catch {
    return undefined;
  }
}
