import type { NumberFormats } from '../../format/numbers.ts';
import { type DensityScale, SHADES, shadeOf } from '../../model/heatmap/density-scale.ts';
import { element, setText } from '../dom.ts';

/** The shades with the density that each stands for, and the slider that hides the faint ones. */
export class HeatLegendView {
  readonly #shades = element('heat-shades', HTMLCanvasElement);
  readonly #full = element('heat-full', HTMLElement);
  readonly #slider = element('heat-threshold', HTMLInputElement);
  readonly #floor = element('heat-floor', HTMLElement);
  readonly #numbers: NumberFormats;
  #drawn = 0;

  /** @param setThreshold called with 0 to 1, see `densityScale` */
  constructor(numbers: NumberFormats, setThreshold: (threshold: number) => void) {
    this.#numbers = numbers;
    this.#slider.addEventListener('input', () => {
      setThreshold(Number(this.#slider.value) / Number(this.#slider.max));
    });
  }

  /** As they are drawn, to be drawn elsewhere. */
  get shades(): HTMLCanvasElement {
    return this.#shades;
  }

  render(density: DensityScale | null, pixels: Uint32Array, threshold: number): void {
    const place = String(Math.round(threshold * Number(this.#slider.max)));
    if (this.#slider.value !== place) this.#slider.value = place;
    const { shortUsd } = this.#numbers;
    const floorUsd = density?.floorUsd ?? 0;
    const floor = floorUsd > 0 ? `from ${shortUsd(floorUsd)}` : 'everything';
    setText(this.#full, density ? `${shortUsd(density.fullUsd)} and more` : '');
    setText(this.#floor, floor);
    this.#slider.setAttribute('aria-valuetext', floor);
    const first = density && floorUsd > 0 ? shadeOf(density, floorUsd) : 1;
    if (first === this.#drawn) return;
    this.#drawn = first;
    this.#draw(pixels, first);
  }

  /** A pixel for each shade: longs above, shorts below; what is hidden stays dark. */
  #draw(pixels: Uint32Array, first: number): void {
    this.#shades.width = SHADES;
    this.#shades.height = 2;
    const context = this.#shades.getContext('2d');
    if (!context) throw new Error('this browser gives no 2d canvas');
    const image = new ImageData(SHADES, 2);
    const words = new Uint32Array(image.data.buffer);
    for (let shade = first; shade <= SHADES; shade += 1) {
      words[shade - 1] = pixels[shade]!;
      words[SHADES + shade - 1] = pixels[SHADES + shade]!;
    }
    context.putImageData(image, 0, 0);
  }
}
