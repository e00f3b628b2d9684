import { element, setData, setHidden, setText } from './dom.ts';
import type { Notice } from './notice.ts';

export interface NoticeActions {
  connect(): void;
  reload(): void;
  /** It has been read. */
  dismiss(): void;
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
  #notice: Notice | null = null;

  constructor(actions: NoticeActions) {
    this.#button.addEventListener('click', () => {
      const action = this.#notice?.action;
      if (action) actions[action]();
    });
  }

  render(notice: Notice | null): void {
    this.#notice = notice;
    setHidden(this.#box, notice === null);
    if (!notice) return;
    setText(this.#text, notice.text);
    setHidden(this.#button, notice.action === null);
    if (notice.action) setText(this.#button, BUTTONS[notice.action]);
    setData(this.#box, 'action', notice.action ?? 'none');
  }
}
