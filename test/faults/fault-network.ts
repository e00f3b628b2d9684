import type { Clock } from '../../packages/server/src/clock.ts';
import { Conditions } from './conditions.ts';
import { DIRECTIONS, type Direction, type Fault, type FaultKind } from './fault.ts';
import { FaultPipe } from './fault-pipe.ts';
import type { ScheduledFault } from './fault-schedule.ts';

/** One connection through the network. */
export interface FaultLine {
  readonly pipes: Readonly<Record<Direction, FaultPipe>>;
  /** Ends it for both, at once. What was on its way is lost. */
  cut(how: 'fin' | 'rst'): void;
  /** No byte goes that way any more, and the far end is told so. */
  halfClose(direction: Direction): void;
}

/**
 * The connections between clients and a server, and what goes wrong with them. It knows neither
 * sockets nor real time: the fault proxy is one made of TCP, a simulation has one in memory.
 */
export class FaultNetwork {
  readonly conditions: Conditions = new Conditions();
  /** How many faults of each kind there were. */
  readonly counts: Map<FaultKind, number> = new Map();
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #latencyMs: number;
  readonly #lines: Set<FaultLine> = new Set();
  readonly #timers: Set<() => void> = new Set();

  /**
   * @param random uniform in [0, 1), for jitter
   * @param latencyMs what a way takes when all is well
   */
  constructor(clock: Clock, random: () => number, latencyMs = 0) {
    this.#clock = clock;
    this.#random = random;
    this.#latencyMs = latencyMs;
  }

  get size(): number {
    return this.#lines.size;
  }

  /** What is on its way, both ways. */
  get heldBytes(): number {
    return [...this.#lines]
      .flatMap(({ pipes }) => DIRECTIONS.map((each) => pipes[each].waitingBytes))
      .reduce((sum, bytes) => sum + bytes, 0);
  }

  add(line: FaultLine): void {
    this.#lines.add(line);
  }

  remove(line: FaultLine): void {
    this.#lines.delete(line);
  }

  pipe(direction: Direction, onMoved: () => void = () => {}): FaultPipe {
    const { conditions } = this;
    return new FaultPipe({
      clock: this.#clock,
      random: this.#random,
      conditions,
      direction,
      latencyMs: this.#latencyMs,
      onMoved,
    });
  }

  /** Faults at their times from now on. @param onFault is told of each as it begins */
  run(schedule: readonly ScheduledFault[], onFault: (fault: Fault) => void = () => {}): void {
    for (const { atMs, fault } of schedule) {
      this.#after(atMs, () => {
        onFault(fault);
        this.apply(fault);
      });
    }
  }

  /** Begins a fault; one that lasts ends by itself. */
  apply(fault: Fault): void {
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    switch (fault.kind) {
      case 'cut':
        this.cutAll(fault.how);
        break;
      case 'half-close':
        for (const line of this.#lines) line.halfClose(fault.direction);
        break;
      case 'cut-within':
        this.#cutWithin(fault.bytes);
        this.#after(fault.durationMs, () => this.#forgetCuts());
        break;
      default:
        this.#last(fault);
    }
  }

  #last(fault: Parameters<Conditions['begin']>[0]): void {
    const end = this.conditions.begin(fault);
    this.#after(fault.durationMs, () => {
      end();
      const cuts = fault.kind === 'stall' && fault.end === 'cut';
      if (cuts) this.cutAll('rst');
      this.#release();
    });
  }

  /** All is well at once, and no fault of a schedule comes any more. Connections stay. */
  calm(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.conditions.clear();
    this.#forgetCuts();
    this.#release();
  }

  /** Ends every connection and every timer. */
  stop(): void {
    this.calm();
    this.cutAll('rst');
  }

  /** As a server does that ends: not counted among the faults. */
  cutAll(how: 'fin' | 'rst'): void {
    for (const line of this.#lines) line.cut(how);
  }

  #cutWithin(bytes: number): void {
    for (const line of this.#lines) line.pipes.down.cutBehind(bytes, () => line.cut('fin'));
  }

  #forgetCuts(): void {
    for (const { pipes } of this.#lines) pipes.down.forgetCut();
  }

  #release(): void {
    const isDelayed = this.conditions.delayMs(() => 1) > 0;
    for (const { pipes } of this.#lines) {
      for (const direction of DIRECTIONS) {
        if (isDelayed) pipes[direction].pump();
        else pipes[direction].hurry();
      }
    }
  }

  #after(delayMs: number, run: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}
