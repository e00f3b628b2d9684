import type { Frame } from '../sources/source.ts';
import type { PriceCounters } from './price-counters.ts';

/** The price pipeline for those who feed it, and who tell how it fares. */
export interface PriceIntake {
  /** Takes one message of the node. Never throws, whatever the bytes. */
  acceptFrame(frame: Frame): void;
  counters(): PriceCounters;
  /** What is wrong at a time with what comes, for a person; null when nothing is. */
  problem(nowSec: number): string | null;
}
