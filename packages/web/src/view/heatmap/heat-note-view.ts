import { element, setHidden, setText } from '../dom.ts';
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
  readonly #button = element('heat-note-button', HTMLButtonElement);
  #note: HeatNote | null = null;

  constructor(actions: HeatNoteActions) {
    this.#button.addEventListener('click', () => {
      const action = this.#note?.action;
      if (action) actions[action]();
    });
  }

  render(note: HeatNote | null): void {
    this.#note = note;
    setHidden(this.#box, note === null);
    if (!note) return;
    setText(this.#text, note.text);
    setHidden(this.#button, note.action === null);
    if (note.action) setText(this.#button, BUTTONS[note.action]);
  }
}
