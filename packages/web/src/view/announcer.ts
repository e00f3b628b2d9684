/** How often the price may be read out, and how far it must have moved to be worth it. */
const PRICE_EACH_MS = 30_000;
const PRICE_MOVED_SHARE = 0.001;
/** A state must hold this long: a line that flickers is not read out each time. */
const LINE_SETTLED_MS = 1_500;

export interface Voice {
  sayLine(text: string): void;
  sayPrice(text: string): void;
}

/** Decides what a screen reader is told, so that it can be listened to for an hour. */
export class Announcer {
  readonly #voice: Voice;
  #lineText = '';
  #lineSinceMs = 0;
  #lineSaid = '';
  #priceSaidUsd: number | null = null;
  #priceSaidMs = Number.NEGATIVE_INFINITY;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  line(text: string, nowMs: number): void {
    if (text !== this.#lineText) {
      this.#lineText = text;
      this.#lineSinceMs = nowMs;
    }
    if (text === this.#lineSaid || nowMs - this.#lineSinceMs < LINE_SETTLED_MS) return;
    this.#lineSaid = text;
    this.#voice.sayLine(text);
  }

  /** @param text how to say it */
  price(priceUsd: number, text: string, nowMs: number): void {
    if (nowMs - this.#priceSaidMs < PRICE_EACH_MS) return;
    const said = this.#priceSaidUsd;
    if (said !== null && Math.abs(priceUsd / said - 1) < PRICE_MOVED_SHARE) return;
    this.#priceSaidUsd = priceUsd;
    this.#priceSaidMs = nowMs;
    this.#voice.sayPrice(text);
  }
}
