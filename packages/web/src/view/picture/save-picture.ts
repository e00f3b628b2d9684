/** A picture from its words and layers to a file on the person's device. */
import { drawPicture } from '../../drawing/picture/draw-picture.ts';
import { layOutPicture } from '../../drawing/picture/lay-out-picture.ts';
import type { PictureColour } from '../../drawing/picture/picture-content.ts';
import type { ChartPicture } from './chart-picture.ts';

/** Browsers take the data a moment after the click, and nothing once it is revoked. */
const REVOKE_AFTER_MS = 30_000;

/** Draws and downloads. Rejects with words for a person. */
export async function savePicture(picture: ChartPicture): Promise<void> {
  download(await pngOf(drawn(picture)), picture.name);
}

function drawn({ content, looks, draw, shades }: ChartPicture): HTMLCanvasElement {
  const { fontFamily, style, pagePx, size } = looks;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser gives no 2d canvas');
  const measure = (words: string, font: string): number => {
    context.font = font;
    return context.measureText(words).width;
  };
  const plan = layOutPicture(content, size, { emPx: pagePx, fontFamily, measure });
  canvas.width = plan.widthPx;
  canvas.height = plan.heightPx;
  drawPicture(context, {
    plan,
    fontFamily,
    demo: content.demo,
    colour: (name: PictureColour): string => style.getPropertyValue(`--${name}`).trim(),
    drawChart: draw,
    shades,
  });
  return canvas;
}

function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('this browser could not make a PNG of it, perhaps for want of memory'));
    }, 'image/png');
  });
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
