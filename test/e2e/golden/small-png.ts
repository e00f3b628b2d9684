/**
 * Writes a picture of few colours as a PNG with a palette (W3C PNG, third edition: colour type 3):
 * a third of what a browser writes, and golden pictures are kept for good.
 */
import { crc32, deflateSync } from 'node:zlib';

export interface FewColours {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of at most 256 colours. */
  readonly palette: Uint8Array;
  /** Number of the colour of each pixel, row by row. */
  readonly pixels: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function smallPng({ width, height, palette, pixels }: FewColours): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, a palette; deflate, filters by row, not interlaced.
  header.set([8, 3, 0, 0, 0], 8);
  // Each row begins with its filter: none, which suits palettes best.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
