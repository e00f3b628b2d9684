/** Things by rising time. */
export interface Timeline {
  readonly length: number;
  timeSec(index: number): number;
}

/** Index of the first at the time or after it; `length` where all are earlier. */
export function indexFrom(timeline: Timeline, timeSec: number): number {
  let from = 0;
  let to = timeline.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (timeline.timeSec(middle) < timeSec) from = middle + 1;
    else to = middle;
  }
  return from;
}
