import type { HeatChoice } from '../../model/heatmap/heatmap.ts';
import { heatmapHash } from '../../model/route.ts';
import { element, setData, setHidden, setText } from '../dom.ts';
import type { HeatNote } from './heat-words.ts';

export interface HeatNoteActions {
  retry(): void;
  reload(): void;
  /** The market that the server offers first. */
  showFirst(): void;
}

const BUTTONS = {
  retry: 'Try again',
  showFirst: 'Show the first one',
  reload: 'Reload the page',
} as const;

/** One message in the place of the map, with a button where there is something to do. */
export class HeatNoteView {
  readonly #box = element('heat-note', HTMLElement);
  readonly #text = element('heat-note-text', HTMLElement);
  readonly #offers = element('heat-note-offers', HTMLElement);
  readonly #button = element('heat-note-button', HTMLButtonElement);
  #note: HeatNote | null = null;

  constructor(actions: HeatNoteActions) {
    this.#button.addEventListener('click', () => {
      const action = this.#note?.action;
      if (action) actions[action]();
    });
  }

  /** @param choice what the markets that are offered are shown with */
  render(note: HeatNote | null, choice: HeatChoice): void {
    this.#note = note;
    setHidden(this.#box, note === null);
    if (!note) return;
    setData(this.#box, 'kind', note.kind);
    setText(this.#text, note.text);
    this.#renderOffers(note.offers ?? [], choice);
    setHidden(this.#button, note.action === null);
    if (note.action) setText(this.#button, BUTTONS[note.action]);
  }

  #renderOffers(offers: readonly string[], choice: HeatChoice): void {
    setHidden(this.#offers, offers.length === 0);
    const hashes = offers.map((symbol) => heatmapHash({ ...choice, symbol }));
    const key = hashes.join(' ');
    if (this.#offers.dataset.key === key) return;
    this.#offers.dataset.key = key;
    const links = offers.map((symbol, i) => {
      const link = document.createElement('a');
      link.href = hashes[i]!;
      setText(link, symbol);
      return link;
    });
    this.#offers.replaceChildren(...links);
  }
}
