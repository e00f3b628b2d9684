import type { Given, History, Published, Wanted } from './history.ts';

export type ViolationKind =
  | 'given twice'
  | 'out of order'
  | 'back to an epoch that was over'
  | 'no epoch'
  | 'never published'
  | 'another value'
  | 'a gap that is not announced'
  | 'missed is wrong'
  | 'added is wrong'
  | 'not converged';

export interface Violation {
  readonly kind: ViolationKind;
  readonly to: string;
  readonly channel: string;
  /** For a person: what came, and what should have. */
  readonly words: string;
  readonly atMs: number;
}

/**
 * Holds what clients were given against what was published:
 *
 * - nothing twice, nothing older after something newer;
 * - every value as it was published at its position; of `transactions` the whole window;
 * - `missed` says how many publications were left out: null only at the first update and at the
 *   first of another epoch;
 * - `added` is what its update has more than the one before;
 * - in the end everybody has the newest.
 */
export function checkHistory({ published, given, wanted }: History): readonly Violation[] {
  const book = new Book(published);
  const bySubscription = grouped(given);
  const violations = [...bySubscription.values()].flatMap((updates) => checkUpdates(updates, book));
  for (const each of wanted) {
    const updates = bySubscription.get(JSON.stringify([each.to, each.channel])) ?? [];
    violations.push(...checkNewest(each, updates, book));
  }
  return violations.toSorted((a, b) => a.atMs - b.atMs);
}

/** What was published, to be looked up. */
class Book {
  readonly #byPosition: Map<string, Published> = new Map();
  readonly #newest: Map<string, Published> = new Map();
  /** In the order in which they began. */
  readonly #epochs: string[] = [];

  constructor(published: readonly Published[]) {
    for (const each of published) {
      this.#byPosition.set(JSON.stringify([each.channel, each.epoch, each.seq]), each);
      this.#newest.set(each.channel, each);
      if (!this.#epochs.includes(each.epoch)) this.#epochs.push(each.epoch);
    }
  }

  find(channel: string, epoch: string, seq: number): Published | undefined {
    return this.#byPosition.get(JSON.stringify([channel, epoch, seq]));
  }

  /** Undefined where the last run of the server has said nothing yet. */
  newest(channel: string): Published | undefined {
    const newest = this.#newest.get(channel);
    return newest?.epoch === this.#epochs.at(-1) ? newest : undefined;
  }

  isOlder(epoch: string, than: string): boolean {
    return this.#epochs.indexOf(epoch) < this.#epochs.indexOf(than);
  }
}

function grouped(given: readonly Given[]): ReadonlyMap<string, readonly Given[]> {
  const groups = new Map<string, Given[]>();
  for (const update of given) {
    const key = JSON.stringify([update.to, update.channel]);
    const group = groups.get(key) ?? [];
    group.push(update);
    groups.set(key, group);
  }
  return groups;
}

/** Those of one subscription. */
function checkUpdates(updates: readonly Given[], book: Book): readonly Violation[] {
  const seen = new Set<string>();
  return updates.flatMap((update, index) => {
    const before = updates[index - 1] ?? null;
    const key = JSON.stringify([update.epoch, update.seq]);
    if (seen.has(key)) return [violation('given twice', update, `${at(update)} again`)];
    seen.add(key);
    if (update.epoch === null) return [violation('no epoch', update, `${at(update)} has none`)];
    const order = checkOrder(update, update.epoch, before, book);
    if (order.length > 0) return order;
    return [
      ...checkValue(update, update.epoch, book),
      ...checkMissed(update, before),
      ...checkAdded(update),
    ];
  });
}

function checkOrder(update: Given, epoch: string, before: Given | null, book: Book): Violation[] {
  if (before === null || before.epoch === null) return [];
  const words = `${at(update)} after ${at(before)}`;
  if (epoch === before.epoch) {
    return update.seq < before.seq ? [violation('out of order', update, words)] : [];
  }
  const isOver = book.isOlder(epoch, before.epoch);
  return isOver ? [violation('back to an epoch that was over', update, words)] : [];
}

function checkValue(update: Given, epoch: string, book: Book): Violation[] {
  const published = book.find(update.channel, epoch, update.seq);
  if (published === undefined) return [violation('never published', update, at(update))];
  if (published.digest === update.digest) return [];
  const words = `${at(update)} is ${update.digest}, published was ${published.digest}`;
  return [violation('another value', update, words)];
}

function checkMissed(update: Given, before: Given | null): Violation[] {
  const follows = before !== null && before.epoch === update.epoch;
  const leftOut = follows ? update.seq - before.seq - 1 : null;
  if (update.missed === leftOut) return [];
  const after = before === null ? 'nothing' : at(before);
  const words = `${at(update)} after ${after} says missed ${update.missed}, not ${leftOut}`;
  const isSilent = leftOut !== null && leftOut > 0 && (update.missed ?? 0) === 0;
  return [violation(isSilent ? 'a gap that is not announced' : 'missed is wrong', update, words)];
}

function checkAdded(update: Given): Violation[] {
  const { window } = update;
  if (window === null) return [];
  const { whole, added, joined } = window;
  if ((whole ? added : joined) === update.digest) return [];
  const words = whole
    ? 'is whole, and added is not all of it'
    : 'is not the window before with what was added';
  return [violation('added is wrong', update, `${at(update)} ${words}`)];
}

function checkNewest(
  { to, channel, untilMs }: Wanted,
  updates: readonly Given[],
  book: Book,
): Violation[] {
  const newest = book.newest(channel);
  const last = updates.findLast(({ atMs }) => atMs <= untilMs);
  if (newest === undefined) return [];
  if (last?.epoch === newest.epoch && last.seq === newest.seq) return [];
  const held = last === undefined ? 'nothing' : at(last);
  const words = `has ${held} in the end, and the newest is ${at(newest)}`;
  return [{ kind: 'not converged', to, channel, words, atMs: untilMs }];
}

function at({ epoch, seq }: { readonly epoch: string | null; readonly seq: number }): string {
  return `${epoch} ${seq}`;
}

function violation(kind: ViolationKind, { to, channel, atMs }: Given, words: string): Violation {
  return { kind, to, channel, words, atMs };
}
