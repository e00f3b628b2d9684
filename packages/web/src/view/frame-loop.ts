export interface FrameLoopPorts {
  requestFrame(run: (timeMs: number) => void): void;
  isVisible(): boolean;
}

/**
 * Draws at most once a frame, only when asked to, and never while the page is hidden; what was
 * asked for meanwhile is one drawing on return.
 */
export class FrameLoop {
  readonly #ports: FrameLoopPorts;
  readonly #draw: (timeMs: number) => 'done' | 'moving';
  #wanted = false;
  #requested = false;

  /** @param draw says `moving` when the next frame will look different by itself */
  constructor(ports: FrameLoopPorts, draw: (timeMs: number) => 'done' | 'moving') {
    this.#ports = ports;
    this.#draw = draw;
  }

  invalidate(): void {
    this.#wanted = true;
    this.#request();
  }

  visibilityChanged(): void {
    if (this.#wanted) this.#request();
  }

  #request(): void {
    if (this.#requested || !this.#ports.isVisible()) return;
    this.#requested = true;
    this.#ports.requestFrame((timeMs) => {
      this.#requested = false;
      if (this.#ports.isVisible()) this.#run(timeMs);
    });
  }

  #run(timeMs: number): void {
    this.#wanted = false;
    if (this.#draw(timeMs) === 'moving') this.invalidate();
  }
}
