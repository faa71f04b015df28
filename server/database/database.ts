/** What the server asks of its database, whichever it is. */
import type { ConstructorOptions } from 'pg-boss';

/** The queue's view of a connection. */
export type QueueDatabase = NonNullable<ConstructorOptions['db']>;

/**
 * One statement at a time: `$1` placeholders, jsonb as values in and out, timestamps as dates, counts as numbers. A
 * parameter that is an array is taken as JSON unless the statement casts it to an array, as in `$1::uuid[]`.
 */
export interface Sql {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** For the queue, inside the same transaction where this is one. */
  readonly forQueue: QueueDatabase;
}

export interface Database extends Sql {
  /** As the queue names it. */
  readonly backend: 'pglite' | 'postgres';
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * One at a time for each key, across all processes on this database. `work` must not ask for a key itself, lest it waits
   * for one who waits for it: but for eviction's, under which panoramas' are asked for, and never the other way round.
   */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>;
  /**
   * Resolves to its undo, once it listens. After a lost connection it listens again and calls `onReconnect`: what was
   * told meanwhile is lost and must be read anew.
   */
  listen(
    channel: string,
    listener: (payload: string) => void,
    onReconnect?: () => void,
  ): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
