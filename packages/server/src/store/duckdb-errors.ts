/** What DuckDB says in its messages, as there are no codes. Words as of version 1.5. */
import { StoreError, type StoreErrorKind } from './store.ts';

interface Rule {
  readonly says: RegExp;
  readonly kind: StoreErrorKind;
  readonly message: (place: string, reason: string) => string;
}

const full = (place: string, reason: string): string =>
  `there is no room left for ${place} (${reason}): nothing new can be kept until there is`;

/**
 * The first that fits. A write-ahead log that cannot be replayed may only lack space or memory, so
 * damage comes after those; a file that cannot be opened at all is no damage.
 */
const RULES: readonly Rule[] = [
  {
    says: /No space left|Disk quota exceeded|File too large|not enough space/i,
    kind: 'full',
    message: full,
  },
  {
    says: /Out of Memory Error|could not allocate|failed to pin block/i,
    kind: 'full',
    message: full,
  },
  {
    says: /Could not set lock on file|being used by another process|file is already open/i,
    kind: 'locked',
    message: (place, reason) => {
      const pid = /\(PID (\d+)\)/.exec(reason)?.[1];
      const who = pid === undefined ? 'another process' : `another process (PID ${pid})`;
      return (
        `${who} has the database ${place} open, and only one may: ` +
        'stop that one, or give this one a DATA_DIR of its own'
      );
    },
  },
  {
    says: /database file with version number|newer version of DuckDB|storage version/i,
    kind: 'newer',
    message: (place, reason) =>
      `the database ${place} was made by a newer version of DuckDB (${reason}): ` +
      'use the newer version of Tidegauge, or give this one a DATA_DIR of its own',
  },
  {
    says: /Permission denied|Is a directory|Read-only file system|Too many open files|Operation not permitted/i,
    kind: 'failed',
    message: (place, reason) => `the database ${place} cannot be used (${reason})`,
  },
  {
    // It takes files of other databases for something that an extension can read.
    says: /Loading external extensions is disabled/i,
    kind: 'failed',
    message: (place) =>
      `${place} is a file of another program: give Tidegauge a DATA_DIR of its own`,
  },
  {
    says: /not a valid DuckDB database file|Corrupt \w+ file|Could not read enough bytes|replaying WAL|Serialization Error|checksum/i,
    kind: 'damaged',
    message: (place, reason) => `the database ${place} is damaged (${reason})`,
  },
];

/** What a failure of DuckDB means for whoever uses the store; a StoreError stays what it is. */
export function storeErrorOf(cause: unknown, place: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const reason = firstLine(text);
  for (const { says, kind, message } of RULES) {
    if (says.test(text)) return new StoreError(kind, message(place, reason), { cause });
  }
  return new StoreError('failed', `the database ${place} failed: ${reason}`, { cause });
}

/** After such an error DuckDB refuses everything until the database is opened anew. */
export function needsReopening(cause: unknown): boolean {
  return cause instanceof Error && /FATAL Error|INTERNAL Error|invalidated/.test(cause.message);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}
