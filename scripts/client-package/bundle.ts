import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type InlineConfig, type Plugin } from 'vite';
import { shorten } from './shorten.ts';

/** Syntax that Node 20 and the browsers of the last four years run as it stands. */
const TARGET = 'es2022';

/**
 * Writes `tidegauge.min.js` for browsers, bundlers and a bare script tag, with a map; `index.js`,
 * the same to be read; and `node.js`, which imports the second and adds what Node lacks. What they
 * need of the protocol is inside.
 *
 * @param published the declarations that programs see
 */
export async function bundleClient(
  clientDir: string,
  outDir: string,
  published: string,
): Promise<void> {
  const index = path.join(clientDir, 'src', 'index.ts');
  const node = path.join(clientDir, 'src', 'node.ts');
  const readable = { minify: false, sourcemap: false };
  await build(asLibrary(outDir, { index }, readable));
  await build({ ...asLibrary(outDir, { node }, readable), plugins: [importsIndex] });
  await build(asLibrary(outDir, { 'tidegauge.min': index }, { minify: true, sourcemap: true }));
  await shortenFile(path.join(outDir, 'tidegauge.min.js'), published);
}

async function shortenFile(file: string, published: string): Promise<void> {
  const script = { code: readFileSync(file, 'utf8'), map: readFileSync(`${file}.map`, 'utf8') };
  const { code, map } = await shorten(script, published);
  writeFileSync(file, code);
  writeFileSync(`${file}.map`, map);
}

/** Where what `index.js` exports comes from. A second copy of the error's class would fail `instanceof`. */
const IN_INDEX = new Set(['./index.ts', './connect.ts', './errors.ts']);

const importsIndex: Plugin = {
  name: 'imports-index',
  enforce: 'pre',
  resolveId: (source) =>
    IN_INDEX.has(source) ? { id: './index.js', external: 'relative' } : undefined,
};

function asLibrary(
  outDir: string,
  entry: Record<string, string>,
  output: { readonly minify: boolean; readonly sourcemap: boolean },
): InlineConfig {
  return {
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: false,
      target: TARGET,
      sourcemap: output.sourcemap,
      reportCompressedSize: false,
      lib: { entry, formats: ['es'], fileName: (_format, name) => `${name}.js` },
      rolldownOptions: {
        external: /^node:/,
        output: {
          minify: output.minify,
          comments: !output.minify,
          sourcemapPathTransform: sourceName,
        },
      },
    },
  };
}

/** `packages/client/src/index.ts` from wherever it lies on this machine. */
function sourceName(file: string): string {
  const parts = file.split(/[\\/]/);
  return parts.slice(parts.lastIndexOf('packages')).join('/');
}
