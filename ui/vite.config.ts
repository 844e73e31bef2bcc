import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { assetName, CHUNK_GROUPS } from './chunk-groups.ts';
import { firstTexts } from './first-texts.ts';

const collectorUrl = process.env.THREADLINE_DEV_COLLECTOR ?? 'http://127.0.0.1:4319';

export default defineConfig({
  plugins: [react(), firstTexts()],
  server: { proxy: { '/api': { target: collectorUrl, changeOrigin: true } } },
  build: {
    // light-dark() is used as it is: these are the first lines of browsers that know it.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // scripts/check-budget.ts reads it.
    manifest: true,
    // The content security policy has no room for inlined data in scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: { groups: CHUNK_GROUPS },
        chunkFileNames: ({ name }) => assetName(name, '.js'),
        assetFileNames: ({ names: [name = ''] }) => assetName(name.replace(/\.[^.]*$/, ''), '[extname]'),
      },
    },
  },
});
