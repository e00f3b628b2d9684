export type Message = Readonly<Record<string, unknown>>;

export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export type Point = readonly [timeSec: number, priceUsd: number];

/** What one channel published, and what somebody is sent who has some of it. */
export interface Publication {
  readonly seq: number;
  publish(message: Message): Message;
  catchUp(epoch: string, has: Position | undefined): readonly Message[];
}

/** Each message is the whole state. */
export class StatePublication implements Publication {
  seq = 0;
  #latest: Message | null = null;

  publish(message: Message): Message {
    this.seq += 1;
    this.#latest = { ...message, seq: this.seq };
    return this.#latest;
  }

  catchUp(epoch: string, has: Position | undefined): readonly Message[] {
    const isNewest = has?.epoch === epoch && has.seq === this.seq;
    return this.#latest && !isNewest ? [this.#latest] : [];
  }
}

/** Messages add up; the newest are kept for those who come back. */
export class PointsPublication implements Publication {
  seq = 0;
  /** How many messages are kept. */
  kept = 240;
  #points: Point[] = [];
  #messages: Message[] = [];

  publish(message: Message): Message {
    this.seq += 1;
    const sent = { ...message, seq: this.seq };
    this.#points.push(...(message.data as { points: Point[] }).points);
    this.#messages.push(sent);
    return sent;
  }

  catchUp(epoch: string, has: Position | undefined): readonly Message[] {
    if (this.seq === 0) return [];
    const missing = has?.epoch === epoch ? this.seq - has.seq : Number.POSITIVE_INFINITY;
    if (missing === 0) return [];
    if (missing <= this.kept) return this.#messages.slice(-missing);
    return [{ type: 'transactions', seq: this.seq, epoch, data: pointsData(this.#points) }];
  }
}

export function pointsData(points: readonly Point[]): Message {
  return { points, btc: points.map(() => 0.001) };
}
