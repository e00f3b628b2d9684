/** Compares pictures, inside Chromium: it can read them, so that nothing else need. */
import type { Page } from 'playwright-core';
import { smallPng } from './small-png.ts';

/** Of a colour's 255 steps: what antialiasing, and keeping few colours, may differ by. */
const STEPS_ALIKE = 48;
/** Colours of a golden picture are at least so far apart, and off by no more. */
const STEPS_APART = 10;
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
  const few = await desk.evaluate(fewColoursInBrowser, {
    base64: picture.toString('base64'),
    stepsApart: STEPS_APART,
  });
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

async function fewColoursInBrowser({
  base64,
  stepsApart,
}: {
  readonly base64: string;
  readonly stepsApart: number;
}): Promise<{
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
  const colourAt = (i: number): number => (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
  const counts = new Map<number, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = colourAt(i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  // The most frequent, none of them near another, and for all others the nearest of these.
  const parts = (colour: number): number[] => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const apart = (one: readonly number[], other: readonly number[]): number =>
    Math.max(...one.map((value, part) => Math.abs(value - other[part]!)));
  const palette: number[][] = [];
  for (const [colour] of [...counts].toSorted((one, other) => other[1] - one[1])) {
    if (palette.length === 256) break;
    const candidate = parts(colour);
    if (palette.every((kept) => apart(kept, candidate) > stepsApart)) palette.push(candidate);
  }
  const numbers = new Map<number, number>();
  for (const colour of counts.keys()) {
    const wanted = parts(colour);
    const distances = palette.map((kept) => apart(kept, wanted));
    numbers.set(colour, distances.indexOf(Math.min(...distances)));
  }
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i += 4) pixels[i / 4] = numbers.get(colourAt(i))!;
  const bytes = Uint8Array.from(palette.flat());
  return { width, height, palette: base64Of(bytes), pixels: base64Of(pixels) };
}
