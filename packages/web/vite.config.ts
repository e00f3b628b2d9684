import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the page also works below a path of another server.
  base: './',
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
    },
  },
});
