import { Slices } from './market-slices.ts';

/**
 * Slices of work that ends with a signal: `breathe` rejects with its reason once it is aborted. The
 * price goes out each 500 ms and must not wait for history.
 */
export class EndingSlices extends Slices {
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    super();
    this.signal = signal;
  }

  override async breathe(): Promise<void> {
    await super.breathe();
    this.signal.throwIfAborted();
  }
}
