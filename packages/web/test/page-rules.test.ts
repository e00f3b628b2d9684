/** Rules that the page's files keep, read from the files themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const INDEX = readFileSync(path.join(SRC, '..', 'index.html'), 'utf8');
/** Each folder, with what lies below it, may import from itself and from those before it. */
const LAYERS = ['format', 'wire', 'rest', 'model', 'drawing', 'view'];
const layerOf = (file: string): number => LAYERS.indexOf(file.split(path.sep)[0]!);

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
}

describe('layers', () => {
  it('import one way', () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const file of sources()) {
      const layer = layerOf(file);
      const text = readFileSync(path.join(SRC, file), 'utf8');
      for (const [, target] of text.matchAll(/from '(\.[^']+)'/g)) {
        seen += 1;
        const other = path.relative(SRC, path.resolve(SRC, path.dirname(file), target!));
        if (layer !== -1 && layerOf(other) > layer) wrong.push(`${file} -> ${other}`);
      }
    }
    expect(seen).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  it('below the drawing know no browser', () => {
    const pure = sources().filter((file) => /^(format|wire|model)\//.test(file));
    expect(pure.length).toBeGreaterThan(15);
    const impure = pure.filter((file) => {
      const code = readFileSync(path.join(SRC, file), 'utf8').replaceAll(
        /\/\*[\s\S]*?\*\/|\/\/.*/g,
        '',
      );
      return /\b(document\.|window\.(?!ts')|Date\.now|Math\.random|setTimeout\()/.test(code);
    });
    expect(impure).toEqual([]);
  });
});

describe('strict content policy', () => {
  it('is met: no inline script or style, nothing from elsewhere', () => {
    expect(INDEX).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*src=)/);
    expect(INDEX).not.toMatch(/https?:\/\/|src="\/\//);
  });
});

describe('contrast', () => {
  const css = readFileSync(path.join(SRC, 'styles', 'tokens.css'), 'utf8');
  const colour = (name: string): string => {
    const found = new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(css)?.[1];
    if (!found) throw new Error(`tokens.css has no --${name}`);
    return found;
  };

  /** Relative luminance, WCAG 2.2. */
  function luminance(hex: string): number {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(one: string, other: string): number {
    const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
    return (light! + 0.05) / (dark! + 0.05);
  }

  const texts = [
    'text',
    'muted',
    'idle',
    'confirmed',
    'mempool',
    'long',
    'short',
    'good',
    'slow',
    'poll',
    'wait',
    'lost',
    'stale',
  ];
  it.each(texts)('of %s is AA on ground and panel', (name) => {
    expect(contrast(colour(name), colour('ground'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour(name), colour('panel'))).toBeGreaterThanOrEqual(4.5);
  });

  it('of the demo badge is AA', () => {
    expect(contrast(colour('ground'), colour('demo'))).toBeGreaterThanOrEqual(4.5);
  });

  it('of the states of the line is AAA: they are read from afar', () => {
    for (const state of ['good', 'slow', 'poll', 'wait', 'lost', 'stale']) {
      expect(contrast(colour(state), colour('ground')), state).toBeGreaterThan(7);
    }
  });
});
