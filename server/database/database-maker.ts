/** A program: makes an empty database in the folder that its argument names. */
import { PGlite } from '@electric-sql/pglite';
import { DATABASE_OPTIONS } from './database-options.ts';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('internal: database maker: expected a folder, got none');
const database = await PGlite.create({ dataDir: folder, ...DATABASE_OPTIONS });
await database.close();
// The channel to the parent would keep it alive.
process.exit(0);
