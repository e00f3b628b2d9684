import type { KeyProblem, KeyState } from '../model/key-state.ts';
import { element, setData, setHidden, setText } from './dom.ts';

export interface KeyActions {
  offer(key: string): void;
  forget(): void;
}

/** Asks for a key in place of what cannot be shown without one, and forgets it when told to. */
export class KeyView {
  readonly #form = element('key', HTMLFormElement);
  readonly #input = element('key-input', HTMLInputElement);
  readonly #button = element('key-button', HTMLButtonElement);
  readonly #problem = element('key-problem', HTMLElement);
  readonly #forget = element('forget-key', HTMLButtonElement);
  #shown: KeyState | null = null;

  constructor(actions: KeyActions) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#button.disabled) actions.offer(this.#input.value);
    });
    this.#forget.addEventListener('click', () => actions.forget());
  }

  /** @param hasKey whether there is one that could be forgotten */
  render(state: KeyState, hasKey: boolean, nowMs: number): void {
    setHidden(this.#forget, !hasKey || state.kind === 'needed');
    const needed = state.kind === 'needed';
    const before = this.#shown;
    this.#shown = state;
    setHidden(this.#form, !needed);
    setData(document.body, 'key', state.kind);
    if (!needed) {
      this.#input.value = '';
      return;
    }
    const problem = problemWords(state.why, nowMs);
    setText(this.#problem, state.checking ? '' : problem);
    this.#input.setAttribute('aria-invalid', String(problem !== '' && !state.checking));
    this.#button.disabled = state.checking;
    setText(this.#button, state.checking ? 'Checking…' : 'Connect');
    if (before !== state && !state.checking) this.#input.select();
  }
}

function problemWords(why: KeyProblem, nowMs: number): string {
  switch (why.kind) {
    case 'absent':
      return '';
    case 'wrong':
      return 'This key is not valid, or not any more.';
    case 'malformed':
      return 'This is no key: keys have letters, digits and . _ ~ - only.';
    case 'unanswered':
      return 'The server did not answer. Try again.';
    // Read out when it changes, so it counts no seconds.
    case 'locked':
      return nowMs < why.untilMs
        ? 'Too many wrong keys came from your address. Wait a minute, then try again.'
        : 'You can try again now.';
  }
}
