import { element, setData, setHidden, setText } from './dom.ts';
import type { Notice } from './notice.ts';

export interface NoticeActions {
  connect(): void;
  reload(): void;
  /** It has been read. */
  dismiss(): void;
  /** Of a calm one: not again for the same. */
  putAway(): void;
}

const BUTTONS = {
  connect: 'Connect again',
  reload: 'Reload the page',
  dismiss: 'Close',
} as const;

/** One message over the foot of the page, with a button where there is something to do. */
export class NoticeView {
  readonly #box = element('notice', HTMLElement);
  readonly #text = element('notice-text', HTMLElement);
  readonly #button = element('notice-button', HTMLButtonElement);
  readonly #putAway = element('notice-put-away', HTMLButtonElement);
  #notice: Notice | null = null;

  constructor(actions: NoticeActions) {
    this.#button.addEventListener('click', () => {
      const action = this.#notice?.action;
      if (action) actions[action]();
    });
    this.#putAway.addEventListener('click', () => actions.putAway());
    this.#box.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      if (this.#notice?.weight === 'calm') actions.putAway();
      else if (this.#notice?.action === 'dismiss') actions.dismiss();
    });
  }

  render(notice: Notice | null): void {
    this.#notice = notice;
    setHidden(this.#box, notice === null);
    if (!notice) return;
    setText(this.#text, notice.text);
    setHidden(this.#button, notice.action === null);
    if (notice.action) setText(this.#button, BUTTONS[notice.action]);
    setHidden(this.#putAway, notice.weight !== 'calm');
    setData(this.#box, 'weight', notice.weight);
  }
}
