import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { needsReopening, storeErrorOf } from './duckdb-errors.ts';
import type { DuckDbModule } from './duckdb-module.ts';
import { closedError } from './store-errors.ts';

export interface DatabaseOptions {
  readonly duckDb: DuckDbModule;
  /** A file, or `:memory:`. */
  readonly path: string;
  /** For a person, in errors. */
  readonly place: string;
  /** How many connections for queries there are beside the one that writes. */
  readonly lanes: number;
  /** Makes a database that was just opened ready for use, by the connection that writes. */
  readonly prepare: (writer: DuckDBConnection) => Promise<void>;
}

/**
 * - Memory: a put of 50,000 rows takes some 10 MB, a page of a reading less; the rest is cache. Of
 *   a database in memory this is all the room there is.
 * - Threads: each query runs on the thread of libuv's pool that it was given. A second one made
 *   neither puts nor readings faster, and would take a core from the event loop.
 * - No temporary files: nothing here sorts or joins more than fits.
 * - Checkpoints are made by the store and not on a commit, where a failure (a full disk) would look
 *   like that of the commit and shut the database.
 * - Text is compressed (the JSON of heatmaps to a thirteenth) from storage version 1.2 on; the
 *   versions from 1.4 on pick another way that leaves it six times as large.
 * - Nothing is loaded from the network or from other files, whatever a file pretends to be.
 */
export const DATABASE_SETTINGS: Readonly<Record<string, string>> = {
  memory_limit: '256MB',
  threads: '1',
  temp_directory: '',
  checkpoint_threshold: '1TB',
  storage_compatibility_version: 'v1.2.0',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  enable_external_access: 'false',
};

/** The database as it was opened once, with those who use it. */
class Opening {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly readers: readonly DuckDBConnection[];
  users = 0;
  #onIdle: (() => void) | null = null;

  constructor(instance: DuckDBInstance, writer: DuckDBConnection, readers: DuckDBConnection[]) {
    this.instance = instance;
    this.writer = writer;
    this.readers = readers;
  }

  leave(): void {
    this.users -= 1;
    if (this.users === 0) this.#onIdle?.();
  }

  /** Resolves when nobody uses it. */
  async idle(): Promise<void> {
    if (this.users === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  close(): void {
    for (const connection of [this.writer, ...this.readers]) connection.disconnectSync();
    this.instance.closeSync();
  }
}

/**
 * One DuckDB database with a connection that writes and some for queries. After an error that shuts
 * it (DuckDB calls them fatal, such as a checkpoint that found no room) it is opened anew by whoever
 * comes next. Every failure is a StoreError.
 */
export class Database {
  readonly #options: DatabaseOptions;
  #opening: Opening | null = null;
  #toClose: Opening | null = null;
  #reopening: Promise<Opening> | null = null;
  #closed = false;

  private constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** @throws StoreError `locked`, `damaged`, `newer`, `full` or `failed` */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    await database.#use((opening) => opening.writer.run('SELECT 1'));
    return database;
  }

  async read<T>(lane: number, task: (reader: DuckDBConnection) => Promise<T>): Promise<T> {
    return await this.#use((opening) => task(opening.readers[lane]!));
  }

  /** One at a time is for the caller to see to. */
  async write<T>(task: (writer: DuckDBConnection) => Promise<T>): Promise<T> {
    return await this.#use((opening) => task(opening.writer));
  }

  /** Makes the query of a lane fail soon, if there is one. */
  interrupt(lane: number): void {
    this.#opening?.readers[lane]?.interrupt();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reopening?.catch(() => {
      // Whoever asked for the reopening has been told; here only its end matters.
    });
    const opening = this.#opening ?? this.#toClose;
    this.#opening = null;
    this.#toClose = null;
    await opening?.idle();
    opening?.close();
  }

  async #use<T>(task: (opening: Opening) => Promise<T>): Promise<T> {
    try {
      const opening = await this.#ready();
      opening.users += 1;
      try {
        return await task(opening);
      } catch (error) {
        if (needsReopening(error)) this.#shut(opening);
        throw error;
      } finally {
        opening.leave();
      }
    } catch (error) {
      throw storeErrorOf(error, this.#options.place);
    }
  }

  async #ready(): Promise<Opening> {
    if (this.#closed) throw closedError();
    if (this.#opening !== null) return this.#opening;
    this.#reopening ??= this.#open();
    const reopening = this.#reopening;
    try {
      return await reopening;
    } finally {
      // Whoever comes last may find that another one has begun: there must not be two of them.
      if (this.#reopening === reopening) this.#reopening = null;
    }
  }

  #shut(opening: Opening): void {
    if (this.#opening !== opening) return;
    this.#opening = null;
    this.#toClose = opening;
  }

  async #open(): Promise<Opening> {
    const { duckDb, path, lanes, prepare } = this.#options;
    // A process may open a file twice, which would ruin it: the first one has to be closed before.
    await this.#toClose?.idle();
    this.#toClose?.close();
    this.#toClose = null;
    const instance = await duckDb.DuckDBInstance.create(path, { ...DATABASE_SETTINGS });
    const connections: DuckDBConnection[] = [];
    try {
      for (let i = 0; i <= lanes; i += 1) connections.push(await instance.connect());
      const [writer, ...readers] = connections;
      await prepare(writer!);
      this.#opening = new Opening(instance, writer!, readers);
      return this.#opening;
    } catch (error) {
      // All of them, or the file stays open.
      for (const connection of connections) connection.disconnectSync();
      instance.closeSync();
      throw error;
    }
  }
}
