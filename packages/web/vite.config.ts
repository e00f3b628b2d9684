import { defineConfig, type Plugin } from 'vite';
import packageJson from './package.json' with { type: 'json' };

/**
 * Nothing is drawn before the script ran, since the address may ask for another view than the one
 * that stands in the page. Vite drops the attribute from index.html, so it is put in here.
 */
const scriptBeforePaint: Plugin = {
  name: 'script-before-paint',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  plugins: [scriptBeforePaint],
  // Relative addresses: the page also works below a path of another server.
  base: './',
  define: { TIDEGAUGE_PAGE_VERSION: JSON.stringify(packageJson.version) },
  build: {
    target: 'es2023',
    // The strict content policy allows files of this origin only: nothing is put inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // `vite` beside a server on its usual port: npm start -- --port 8000
    proxy: {
      '/ws': { target: 'ws://localhost:8000', ws: true },
      '/health': 'http://localhost:8000',
      '/api': 'http://localhost:8000',
      '/liquidations': 'http://localhost:8000',
    },
  },
});
