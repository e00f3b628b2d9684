import type { Move } from './chart-mark.ts';

export interface ChartInput {
  /** The pointer in CSS pixels from the upper left corner; null when it left. */
  pointed(at: { readonly x: number; readonly y: number } | null): void;
  moved(move: Move): void;
  left(): void;
}

const MOVES: Readonly<Record<string, Move>> = {
  ArrowLeft: 'older',
  ArrowRight: 'newer',
  ArrowUp: 'higher',
  ArrowDown: 'lower',
  Home: 'first',
  End: 'last',
};

/** Listens to pointer and keyboard on the chart. */
export function listenToChart(stage: HTMLElement, input: ChartInput): void {
  const pointed = (event: PointerEvent): void => {
    const box = stage.getBoundingClientRect();
    input.pointed({ x: event.clientX - box.left, y: event.clientY - box.top });
  };
  stage.addEventListener('pointermove', pointed);
  stage.addEventListener('pointerdown', pointed);
  stage.addEventListener('pointerleave', (event) => {
    // A finger that was lifted leaves too, and then the person wants to read.
    if (event.pointerType !== 'touch') input.pointed(null);
  });
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !stage.contains(event.target)) input.left();
  });
  stage.addEventListener('blur', () => input.left());
  stage.addEventListener('keydown', (event) => {
    const move = MOVES[event.key];
    if (move) input.moved(move);
    else if (event.key === 'Escape') input.left();
    else return;
    event.preventDefault();
  });
}
