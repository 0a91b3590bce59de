import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/app/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    // Whoever can run the console at all has modulepreload; its polyfill would be dead weight.
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { console: page('index.html'), apiReference: page('api-reference.html') } },
    // The reference's viewer is one file of 1.6 MB; the console loads none of it.
    chunkSizeWarningLimit: 1_700,
  },
});
