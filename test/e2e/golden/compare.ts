/** Compares pictures, inside Chromium: it can read them, so that nothing else need. */
import type { Page } from 'playwright-core';
import { smallPng } from './small-png.ts';

/** Of a colour's 255 steps: what antialiasing, and keeping few colours, may differ by. */
const STEPS_ALIKE = 48;
/** Of all pixels: so many may differ by more. */
export const SHARE_ALIKE = 0.002;

export interface Comparison {
  /** Share of the pixels that differ; 1 where the size is another. */
  readonly differing: number;
  /** Where they differ, in red over the golden one. */
  readonly difference: Buffer;
}

/** @param desk any page, open at any address */
export async function compare(desk: Page, actual: Buffer, golden: Buffer): Promise<Comparison> {
  const { differing, difference } = await desk.evaluate(compareInBrowser, {
    actual: actual.toString('base64'),
    golden: golden.toString('base64'),
    stepsAlike: STEPS_ALIKE,
  });
  return { differing, difference: Buffer.from(difference, 'base64') };
}

/** The picture as it is kept: in so few colours that nobody sees it, and the file is small. */
export async function asGolden(desk: Page, picture: Buffer): Promise<Buffer> {
  const few = await desk.evaluate(fewColoursInBrowser, picture.toString('base64'));
  return smallPng({
    ...few,
    palette: Buffer.from(few.palette, 'base64'),
    pixels: Buffer.from(few.pixels, 'base64'),
  });
}

// What follows runs on the page: each function knows nothing of this file but what stands in it.

async function compareInBrowser(question: {
  readonly actual: string;
  readonly golden: string;
  readonly stepsAlike: number;
}): Promise<{ readonly differing: number; readonly difference: string }> {
  async function pixelsOf(base64: string): Promise<ImageData> {
    const picture = await (await fetch(`data:image/png;base64,${base64}`)).blob();
    const image = await createImageBitmap(picture);
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  }

  const [actual, golden] = await Promise.all([
    pixelsOf(question.actual),
    pixelsOf(question.golden),
  ]);
  const { width, height, data } = golden;
  if (width !== actual.width || height !== actual.height) {
    return { differing: 1, difference: question.golden };
  }
  const difference = new ImageData(width, height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    let off = 0;
    for (let part = i; part < i + 3; part += 1) {
      off = Math.max(off, Math.abs(data[part]! - actual.data[part]!));
    }
    const differs = off > question.stepsAlike;
    if (differs) count += 1;
    const faint = data[i + 1]! / 3;
    difference.data.set(differs ? [255, 40, 40, 255] : [faint, faint, faint, 255], i);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(difference, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return { differing: count / (width * height), difference: btoa(letters) };
}

async function fewColoursInBrowser(base64: string): Promise<{
  readonly width: number;
  readonly height: number;
  readonly palette: string;
  readonly pixels: string;
}> {
  const picture = await (await fetch(`data:image/png;base64,${base64}`)).blob();
  const image = await createImageBitmap(picture);
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const base64Of = (bytes: Uint8Array): string => {
    let letters = '';
    for (let i = 0; i < bytes.length; i += 8192) {
      letters += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(letters);
  };
  // Coarser and coarser steps, until the colours that are left fit a palette.
  for (const step of [17, 25.5, 36.43, 51]) {
    const numbers = new Map<number, number>();
    const pixels = new Uint8Array(width * height);
    for (let i = 0; i < data.length && numbers.size <= 256; i += 4) {
      const part = (at: number): number => Math.round(Math.round(data[at]! / step) * step);
      const colour = (part(i) << 16) | (part(i + 1) << 8) | part(i + 2);
      if (!numbers.has(colour)) numbers.set(colour, numbers.size);
      pixels[i / 4] = numbers.get(colour)!;
    }
    if (numbers.size > 256) continue;
    const palette = [...numbers.keys()].flatMap((each) => [each >> 16, each >> 8, each]);
    return { width, height, palette: base64Of(Uint8Array.from(palette)), pixels: base64Of(pixels) };
  }
  throw new Error('too many colours, however coarse');
}
