import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { FolderBlobs } from '../blobs/folder-blobs.ts';
import type { Database } from '../database/database.ts';
import { DatabaseError } from '../database/errors.ts';
import { describeOnEach } from '../database/opened.testing.ts';
import { UndoStack } from '../undo-stack.ts';
import { acceptJob, type Acceptance } from './accept.ts';
import { openBoss } from './boss.ts';
import { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import { Queue } from './queue.ts';
import { Records } from './records.ts';

const OWNER = 'somebody';

describeOnEach('taking a panorama', (openNew) => {
  let undo: UndoStack;
  let database: Database;
  let queue: Queue;
  let records: Records;
  let files: JobFiles;

  beforeEach(async () => {
    undo = new UndoStack();
    const folder = await mkdtemp(join(tmpdir(), 'panorama-accept-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const opened = await openNew();
    undo.push(() => opened.close());
    database = opened.database;
    const { boss, close } = await openBoss(database, () => undefined);
    undo.push(close);
    queue = await Queue.open(boss, database);
    records = new Records(database, () => 1);
    files = await JobFiles.open(new FolderBlobs(folder), folder);
  });

  afterEach(() => undo.undo());

  /** Its transaction is done, or not, before the error is thrown. */
  function failing(error: Error, done: boolean): Database {
    const transaction: Database['transaction'] = async (work) => {
      if (done) await database.transaction(work);
      throw error;
    };
    return Object.create(database, { transaction: { value: transaction } }) as Database;
  }

  async function accept(
    id: string,
    changes: { database?: Database; sha256?: string } = {},
  ): Promise<Acceptance> {
    const upload = await files.newUpload();
    await writeFile(files.uploadedPhoto(upload), 'the photo');
    const { sha256 = 'aa' } = changes;
    const image = { width: 64, height: 64 };
    return acceptJob(
      id,
      { folder: upload, sizeBytes: 9, sha256, image },
      requireRequest({ width: 64, height: 64 }),
      { owner: OWNER, webhook: null },
      {
        ...{ database, files, records, queue, pace: {}, memoryBytes: null },
        ...{ maxQueued: 10, maxQueuedPerOwner: 10 },
        log: { accepted: () => undefined } as unknown as JobLog,
        ...(changes.database && { database: changes.database }),
      },
    );
  }

  const kept = async () => [...(await files.all()).keys()];
  const away = new DatabaseError('database-away', 'database: away');

  it('[LAST8] is done where it is in the database, though the answer was lost', async () => {
    const id = randomUUID();
    const { created, panorama } = await accept(id, { database: failing(away, true) });
    expect([created, panorama.status, await kept()]).toEqual([true, 'queued', [id]]);
    expect(await accept(id)).toMatchObject({ created: false });
  });

  it('[LAST8] keeps the photo where it may yet be done, and removes it where it is not', async () => {
    const [doubtful, failed] = [randomUUID(), randomUUID()];
    await expect(accept(doubtful, { database: failing(away, false) })).rejects.toBe(away);
    expect(await kept()).toEqual([doubtful]);
    const broken = new Error('it cannot be written');
    await expect(accept(failed, { database: failing(broken, false) })).rejects.toBe(broken);
    expect(await kept()).toEqual([doubtful]);
    expect(await accept(doubtful)).toMatchObject({ created: true });
  });

  it('[LAST8] leaves the photo of another process, which was first when a lock was lost', async () => {
    for (const [sha256, outcome] of [
      ['aa', 'created'],
      ['bb', 'id-taken'],
    ] as const) {
      const id = randomUUID();
      // It has looked, and found nothing, before the other begins.
      const transaction: Database['transaction'] = async (work) => {
        await accept(id);
        return database.transaction(work);
      };
      const late = Object.create(database, { transaction: { value: transaction } }) as Database;
      const answer = await accept(id, { database: late, sha256 }).catch((error: unknown) => error);
      expect(answer).toMatchObject(outcome === 'created' ? { created: true } : { code: outcome });
      expect(await kept()).toContain(id);
      expect(await database.query('SELECT FROM panorama.panoramas WHERE id = $1', [id])).toHaveLength(1);
    }
  });
});
