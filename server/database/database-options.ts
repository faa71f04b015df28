import type { PGliteOptions } from '@electric-sql/pglite';

/** 16 MB of buffers instead of 128: the server rests at a third of the memory. */
export const DATABASE_OPTIONS: PGliteOptions = {
  postgresqlconf: ['shared_buffers = 16MB', 'min_wal_size = 32MB', 'max_wal_size = 64MB'],
};
