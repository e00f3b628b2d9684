/** Whether the server lets this page in, as far as a person has to know. */
export type KeyState =
  /** Nothing is asked for, or the key is right. */
  | { readonly kind: 'fine' }
  | {
      readonly kind: 'needed';
      readonly why: KeyProblem;
      /** A key is being tried. */
      readonly checking: boolean;
    };

export type KeyProblem =
  | { readonly kind: 'absent' }
  /** The server does not know it, or does not any more. */
  | { readonly kind: 'wrong' }
  /** It has a character that no key has. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unanswered' }
  /** Too many wrong ones came from this address; the server hears no others until then. */
  | { readonly kind: 'locked'; readonly untilMs: number };
