import type { DemoCoin } from './demo-coins.ts';

/** Numbers that tell the random draws of one seed apart. */
export const STREAM = {
  bitcoin: 100,
  own: 101,
  volume: 102,
  positions: 103,
  openInterest: 104,
} as const;

/** The stream of one coin; by its name, so that coins may come and go beside it. */
export function streamOf({ symbol }: DemoCoin, stream: number): number {
  let mixed = stream;
  for (const letter of symbol) mixed = (Math.imul(mixed, 31) + letter.codePointAt(0)!) >>> 0;
  return mixed;
}
