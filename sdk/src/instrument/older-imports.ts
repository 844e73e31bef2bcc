import { register } from 'node:module';
import { Hook } from 'import-in-the-middle';
import type { ModuleHook } from './module-hook.ts';

/**
 * For Node before 22.22.3 and 24.11.1: what is imported is seen through import-in-the-middle, in Node's loader thread. The
 * listener is given what an `import` sees and the folder of the package, undefined for one of Node's own modules.
 */
export function followImportsInLoaderThread(
  hooks: readonly ModuleHook[],
  onLoaded: (hook: ModuleHook, namespace: unknown, folder: string | undefined) => void,
): void {
  const names = new Map(hooks.map((hook) => [hook.module, hook]));
  register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include: [...names.keys()] } });
  new Hook([...names.keys()], (namespace, name, folder) => {
    const hook = names.get(name);
    if (hook !== undefined) onLoaded(hook, namespace, folder ?? undefined);
  });
}
