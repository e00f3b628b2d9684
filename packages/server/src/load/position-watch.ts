import type { MessageMarks } from './message-marks.ts';

interface Position {
  epoch: string | null;
  seq: number;
}

/** Follows the sequences that one connection is sent. */
export class PositionWatch {
  readonly #positions: Map<string, Position> = new Map();

  /**
   * @returns how far the sequence went on: 1 when nothing is missing, 0 for the same message
   *   again, less than 0 when it went back; null for the first of a channel, of an epoch, and for
   *   messages of no channel
   */
  step({ channel, epoch, seq }: MessageMarks): number | null {
    if (channel === null) return null;
    const position = this.#positions.get(channel);
    if (position === undefined) {
      this.#positions.set(channel, { epoch, seq });
      return null;
    }
    const isSameEpoch = epoch === null || position.epoch === null || epoch === position.epoch;
    const step = seq - position.seq;
    position.epoch = epoch ?? position.epoch;
    position.seq = seq;
    return isSameEpoch ? step : null;
  }
}
