import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './duckdb-database.ts';
import { PutQueue } from './put-queue.ts';
import { StoreError } from './store.ts';
import type { StoreTroubles } from './store-troubles.ts';

/** Some seconds of an exchange's busiest streams; over it something is wrong with the disk. */
const WAITING_MAX = 1024;

/**
 * What is put lies in the write-ahead log until a checkpoint takes it into the file and frees the
 * room of what was replaced or forgotten. So often, a start after a crash reads little, and saving
 * 5 MB of engine state each minute keeps the file under ten times that.
 */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;

/** Puts one after another, each durable when it resolves. Every failure is a StoreError. */
export class DuckDbWriter {
  readonly #database: Database;
  readonly #troubles: StoreTroubles;
  readonly #queue: PutQueue = new PutQueue(WAITING_MAX);
  #bytesSinceCheckpoint = 0;

  constructor(database: Database, troubles: StoreTroubles) {
    this.#database = database;
    this.#troubles = troubles;
  }

  /** Runs a task that writes about so many bytes. */
  async run<T>(bytes: number, task: (writer: DuckDBConnection) => Promise<T>): Promise<T> {
    return await this.#queue.run(async () => {
      if (this.#bytesSinceCheckpoint >= CHECKPOINT_BYTES) await this.#checkpoint();
      try {
        const result = await this.#database.write(task);
        this.#bytesSinceCheckpoint += bytes;
        this.#troubles.over('put');
        return result;
      } catch (error) {
        if (error instanceof StoreError) this.#troubles.note('put', error);
        throw error;
      }
    });
  }

  /** Takes everything into the file now. A failure loses nothing: it shows as a trouble. */
  async checkpoint(): Promise<void> {
    await this.#queue.run(() => this.#checkpoint());
  }

  /** Takes no more puts, and resolves when those taken are in the file. */
  async close(): Promise<void> {
    await this.#queue.close();
    if (this.#bytesSinceCheckpoint > 0) await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    // Also after a failure the next try comes only when as much was written again.
    this.#bytesSinceCheckpoint = 0;
    try {
      await this.#database.write((writer) => writer.run('CHECKPOINT'));
      this.#troubles.over('checkpoint');
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#troubles.note('checkpoint', error);
    }
  }
}
