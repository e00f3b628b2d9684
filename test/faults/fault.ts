/** `up`: from the client to the server. `down`: back. */
export type Direction = 'up' | 'down';

export const DIRECTIONS: readonly Direction[] = ['up', 'down'];

/** What goes wrong between clients and a server, as data: a run that is written down runs again. */
export type Fault =
  /** Every connection ends: in order (FIN) or not (RST). */
  | { readonly kind: 'cut'; readonly how: 'fin' | 'rst' }
  /** Each connection ends behind that many bytes more of the server: most often within a frame. */
  | { readonly kind: 'cut-within'; readonly bytes: number; readonly durationMs: number }
  /** One side of every connection ends; the other could go on. */
  | { readonly kind: 'half-close'; readonly direction: Direction }
  /** Connections stay open and new ones are taken, but nothing comes through. */
  | {
      readonly kind: 'stall';
      readonly directions: readonly Direction[];
      readonly durationMs: number;
      /** `go on`: what had waited comes then. */
      readonly end: 'go on' | 'cut';
    }
  /** Everything takes longer, by the latency and up to the jitter more. Its order stays. */
  | {
      readonly kind: 'delay';
      readonly latencyMs: number;
      readonly jitterMs: number;
      readonly durationMs: number;
    }
  /** A few bytes at a time. */
  | {
      readonly kind: 'trickle';
      readonly bytes: number;
      readonly everyMs: number;
      readonly durationMs: number;
    }
  /** New connections are refused. Those that are there stay. */
  | { readonly kind: 'refuse'; readonly durationMs: number };

export type FaultKind = Fault['kind'];

export const FAULT_KINDS: readonly FaultKind[] = [
  'cut',
  'cut-within',
  'half-close',
  'stall',
  'delay',
  'trickle',
  'refuse',
];

/** 0 for what happens at one moment. */
export function durationOf(fault: Fault): number {
  return 'durationMs' in fault ? fault.durationMs : 0;
}

/** For a person: `stall {"directions":["up"],"durationMs":800,"end":"cut"}`. */
export function faultWords({ kind, ...rest }: Fault): string {
  return `${kind} ${JSON.stringify(rest)}`;
}
