/** How often the price may be read out, and how far it must have moved to be worth it. */
const PRICE_EACH_MS = 30_000;
const PRICE_MOVED_SHARE = 0.001;
/** A state must hold this long: a line that flickers is not read out each time. */
const LINE_SETTLED_MS = 1_500;

export interface Voice {
  sayLine(text: string): void;
  sayPrice(text: string): void;
}

/** Tells of the state of a line once it has settled, each state once. */
export class LineAnnouncer {
  readonly #say: (text: string) => void;
  #text = '';
  #sinceMs = 0;
  #said = '';

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  line(text: string, nowMs: number): void {
    if (text !== this.#text) {
      this.#text = text;
      this.#sinceMs = nowMs;
    }
    if (text === this.#said || nowMs - this.#sinceMs < LINE_SETTLED_MS) return;
    this.#said = text;
    this.#say(text);
  }
}

/** Decides what a screen reader is told, so that it can be listened to for an hour. */
export class Announcer {
  readonly #voice: Voice;
  readonly #line: LineAnnouncer;
  #priceSaidUsd: number | null = null;
  #priceSaidMs = Number.NEGATIVE_INFINITY;

  constructor(voice: Voice) {
    this.#voice = voice;
    this.#line = new LineAnnouncer((text) => voice.sayLine(text));
  }

  line(text: string, nowMs: number): void {
    this.#line.line(text, nowMs);
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
