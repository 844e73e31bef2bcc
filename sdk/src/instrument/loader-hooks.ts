import { register as registerAsync } from 'node:module';
import { register as registerSync, supportsSyncHooks } from 'import-in-the-middle/register-hooks.mjs';
import { LIBRARY_MODULES } from './library-hooks.ts';

/** What is changed when it is imported; everything else passes the loader untouched. Names as an import writes them. */
const HOOKED_MODULES = ['express', '@grpc/grpc-js', 'winston', ...LIBRARY_MODULES];

let registered = false;

/**
 * Lets `import` statements that come later be seen; `require` needs no loader. On Node 22.22.3, 24.11.1 and newer this
 * happens in the app's own thread, on older ones in Node's loader thread. Must come before the app's first import;
 * safe to repeat.
 */
export function registerLoaderHooks(): void {
  if (registered) return;
  registered = true;
  if (supportsSyncHooks()) registerSync({ include: HOOKED_MODULES });
  else registerAsync('import-in-the-middle/hook.mjs', import.meta.url, { data: { include: HOOKED_MODULES } });
}
