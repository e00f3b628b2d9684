import { minify } from 'terser';

/**
 * Names of fields and methods by which the parts of the client know each other. They are shortened
 * in the minified file, which no minifier does by itself; nothing outside has to do with them.
 */
const INTERNAL_NAMES = `
  ports clock nowMs after openSocket surroundings isOnline listen phase trouble isOpen silentMs
  prove rouse enter open end opened changed failed problem query body retryAfterMs wishes
  wishesChanged refusal call tell wake waiting settle deliver dialect paths read
  topic isDelta said
`
  .trim()
  .split(/\s+/);

export interface Script {
  readonly code: string;
  /** Source map, as JSON. */
  readonly map: string;
}

/**
 * @param published the declarations that programs see
 * @throws Error for a name that programs see as well: shortened it would be another
 */
export async function shorten(script: Script, published: string): Promise<Script> {
  const words = new Set(published.replaceAll(/\/\*[\s\S]*?\*\//g, '').match(/\w+/g));
  const seen = INTERNAL_NAMES.filter((name) => words.has(name));
  if (seen.length > 0) throw new Error(`internal names that programs see: ${seen.join(', ')}`);
  const { code, map } = await minify(script.code, {
    module: true,
    ecma: 2022,
    compress: {
      passes: 4,
      pure_getters: true,
      unsafe: true,
      unsafe_arrows: true,
      unsafe_comps: true,
      unsafe_methods: true,
      keep_fargs: false,
    },
    mangle: {
      properties: { builtins: true, regex: new RegExp(`^(${INTERNAL_NAMES.join('|')})$`) },
    },
    sourceMap: { content: script.map, url: 'tidegauge.min.js.map' },
  });
  if (code === undefined || typeof map !== 'string') throw new Error('terser gave no file');
  return { code, map };
}
