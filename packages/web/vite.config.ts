import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import packageJson from './package.json' with { type: 'json' };

const BOOT = 'src/boot.ts';

/**
 * Puts boot.ts into the head as a classic script of its own, which has run before anything is
 * painted. Among the modules it would share files with the page's script, and wait for them.
 */
const bootScript: Plugin = {
  name: 'boot-script',
  async buildStart() {
    if (this.meta.watchMode) return;
    this.emitFile({ type: 'asset', name: 'boot.js', source: await builtBoot() });
  },
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) => {
      const built = Object.values(bundle ?? {}).find(
        (file) => file.type === 'asset' && file.names.includes('boot.js'),
      );
      // While developing it is a module, as all else: the page may blink.
      const attrs = built ? { src: `./${built.fileName}` } : { type: 'module', src: `/${BOOT}` };
      return [{ tag: 'script', attrs, injectTo: 'head-prepend' }];
    },
  },
};

async function builtBoot(): Promise<string> {
  const entry = fileURLToPath(new URL(BOOT, import.meta.url));
  const [result] = (await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2023',
      lib: { entry, formats: ['iife'], name: 'boot' },
      rolldownOptions: { treeshake: { moduleSideEffects: (id) => id === entry } },
    },
  })) as readonly { readonly output: readonly [{ readonly code: string }] }[];
  return result!.output[0].code;
}

export default defineConfig({
  plugins: [bootScript],
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
