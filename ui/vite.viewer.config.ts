import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { SHARE_ELEMENT, SHARE_PLACE } from './src/logic/share-place.ts';

/** A shared file grows by this much, whatever flow is in it. */
const MAX_PAGE_BYTES = 900 * 1024;

/** The viewer of shared flows as one page with everything in it and a place for the data; it may load nothing, and runs no script but its own. */
export default defineConfig({
  plugins: [react(), onePage()],
  publicDir: false,
  build: {
    outDir: 'dist/viewer',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: { input: 'src/viewer/main.tsx', output: { format: 'iife', codeSplitting: false } },
  },
});

function onePage(): Plugin {
  return {
    name: 'threadline-one-page',
    enforce: 'post',
    generateBundle(_, bundle) {
      let [script, style] = ['', ''];
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') script += inScript(file.code);
        else if (name.endsWith('.css')) style += String(file.source);
        else this.error(`${name} would be a file of its own`);
        delete bundle[name];
      }
      const source = page(script, style);
      if (source.length > MAX_PAGE_BYTES) this.error(`the viewer has ${source.length} bytes, at most ${MAX_PAGE_BYTES} are allowed`);
      this.emitFile({ type: 'asset', fileName: 'viewer.html', source });
    },
  };
}

/** The same script without what ends a script element or opens a comment in it: in literals, where alone these stand, the escape is the same character. */
function inScript(code: string): string {
  return code.replace(/<(?=\/script|!--)/gi, '\\x3c');
}

function page(script: string, style: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Threadline</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<script id="${SHARE_ELEMENT}" type="application/json">${SHARE_PLACE}</script>
<script>${script}</script>
</body>
</html>
`;
}
