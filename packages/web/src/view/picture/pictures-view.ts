import type { ViewName } from '../../model/route.ts';
import type { Notice } from '../notice.ts';
import type { ChartPicture } from './chart-picture.ts';
import { PictureButton } from './picture-button.ts';
import { savePicture } from './save-picture.ts';

/** Saves what a chart shows: a button in the head of each. */
export class PicturesView {
  readonly #buttons: Readonly<Record<ViewName, PictureButton>>;
  readonly #takePicture: () => ChartPicture | null;
  readonly #changed: () => void;
  #problem: string | null = null;

  /**
   * @param takePicture what the chart in view shows; null where there is nothing
   * @param changed called when there is another notice
   */
  constructor(takePicture: () => ChartPicture | null, changed: () => void) {
    this.#takePicture = takePicture;
    this.#changed = changed;
    const save = (): void => void this.#save();
    this.#buttons = {
      price: new PictureButton('save-price', 'there is no price yet', save),
      heatmap: new PictureButton('save-heatmap', 'there is no map yet', save),
    };
  }

  /** What went wrong with the last one, until it is dismissed or another one is saved. */
  get notice(): Notice | null {
    if (this.#problem === null) return null;
    const text = `The picture could not be saved: ${this.#problem}.`;
    return { text, action: 'dismiss', weight: 'usual' };
  }

  dismiss(): void {
    this.#problem = null;
    this.#changed();
  }

  render(view: ViewName, isBlank: boolean): void {
    this.#buttons[view].render(isBlank);
  }

  async #save(): Promise<void> {
    try {
      const picture = this.#takePicture();
      if (!picture) return;
      await savePicture(picture);
      this.#problem = null;
    } catch (error) {
      // For want of memory, mostly; whoever pressed the button waits for a word.
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#changed();
  }
}
