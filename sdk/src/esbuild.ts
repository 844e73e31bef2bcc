import { readConfig } from './config.ts';
import { createEsbuildPlugin, type EsbuildPlugin } from './instrument/esbuild-plugin.ts';
import { createHooks } from './instrument/follow-app.ts';

export type { EsbuildPlugin } from './instrument/esbuild-plugin.ts';

/**
 * For esbuild: libraries that are bundled into the app are followed as those are that Node itself loads. The bundle is started as
 * ever, with `node --import @threadline/sdk/register`; the SDK itself stays outside of it.
 *
 * @example
 * import { threadlinePlugin } from '@threadline/sdk/esbuild';
 * await esbuild.build({ entryPoints: ['src/main.ts'], bundle: true, platform: 'node', outfile: 'dist/main.js', plugins: [threadlinePlugin()] });
 */
export function threadlinePlugin(): EsbuildPlugin {
  return createEsbuildPlugin(createHooks(readConfig({})));
}
