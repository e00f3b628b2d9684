import { element, setText } from '../dom.ts';

const NAME = 'Save as PNG';

/**
 * Saves what a chart shows. While there is nothing to save it can still be reached, since it is
 * then that one wants to know why.
 */
export class PictureButton {
  readonly #button: HTMLButtonElement;
  readonly #why: HTMLElement;
  readonly #whyNot: string;
  #isBlank: boolean | null = null;

  /**
   * @param id of the button; that of its description ends in `-why`
   * @param whyNot said while there is nothing to save
   */
  constructor(id: string, whyNot: string, save: () => void) {
    this.#button = element(id, HTMLButtonElement);
    this.#why = element(`${id}-why`, HTMLElement);
    this.#whyNot = whyNot;
    this.#button.addEventListener('click', () => {
      if (this.#isBlank === false) save();
    });
  }

  render(isBlank: boolean): void {
    if (isBlank === this.#isBlank) return;
    this.#isBlank = isBlank;
    this.#button.title = isBlank ? `${NAME}: ${this.#whyNot}` : NAME;
    this.#button.setAttribute('aria-disabled', String(isBlank));
    setText(this.#why, isBlank ? this.#whyNot : '');
  }
}
