/**
 * The folder of each panorama: its request and photo, its pictures, and how it ended. All that is lost with the
 * database can be read from here.
 *
 *   jobs/ID/request.json  jobs/ID/photo  jobs/ID/variant-0 …  jobs/ID/ended.json
 *   uploads/…             what is being received
 *   trash/…               what is being deleted
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Size } from '../../shared/geometry.ts';
import { panoramaRequestSchema, type PanoramaRequest } from '../../shared/request.ts';
import { madeVariantSchema, panoramaSchema } from '../../shared/protocol.ts';
import { systemCode, writeFailure } from '../disk/errors.ts';
import { syncFolder, writeWhole } from '../disk/write-whole.ts';

const acceptedSchema = z.object({
  fingerprint: z.string(),
  request: panoramaRequestSchema,
  image: z.object({ width: z.int(), height: z.int() }),
  estimatedSeconds: z.number(),
  createdAt: z.iso.datetime(),
});

/** What was accepted, beside its photo. */
export interface Accepted {
  /** Of the request and the photo: the same again is the same panorama. */
  readonly fingerprint: string;
  readonly request: PanoramaRequest;
  /** The photo, upright. */
  readonly image: Size;
  readonly estimatedSeconds: number;
  readonly createdAt: string;
}

const { status, phase, error, preview, startedAt, endedAt } = panoramaSchema.shape;
const variants = z.array(madeVariantSchema);
const endedSchema = z.object({ status, phase, error, preview, startedAt, endedAt, variants });
/** How a panorama ended, as it is kept beside its pictures. */
export type Ended = z.infer<typeof endedSchema>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class JobFiles {
  private constructor(private readonly root: string) {}

  /** Makes the folders, and throws away what was being received or deleted when the last server ended. */
  static async open(root: string): Promise<JobFiles> {
    const files = new JobFiles(root);
    for (const name of ['uploads', 'trash']) await rm(join(root, name), { recursive: true, force: true });
    for (const name of ['uploads', 'trash', 'jobs']) await mkdir(join(root, name), { recursive: true });
    return files;
  }

  /** A new empty folder for one upload. */
  async newUpload(): Promise<string> {
    const folder = join(this.root, 'uploads', randomBytes(8).toString('hex'));
    try {
      await mkdir(folder);
    } catch (error) {
      throw writeFailure('the upload', error);
    }
    return folder;
  }

  uploadedPhoto(upload: string): string {
    return join(upload, 'photo');
  }

  /** Keeps an upload, whose photo is synced already, under its id. False where the id has a folder. */
  async accept(id: string, upload: string, accepted: Accepted): Promise<boolean> {
    await writeWhole(join(upload, 'request.json'), JSON.stringify(accepted), 'the request');
    try {
      await rename(upload, this.folder(id));
    } catch (error) {
      if (existsSync(this.folder(id))) return false;
      throw writeFailure('the upload', error);
    }
    await syncFolder(this.all);
    return true;
  }

  async discard(upload: string): Promise<void> {
    await rm(upload, { recursive: true, force: true });
  }

  /** All ids that have a folder. */
  async ids(): Promise<string[]> {
    return (await readdir(this.all)).filter((name) => UUID.test(name));
  }

  /** What was accepted under an id; null where its folder does not tell. */
  accepted(id: string): Promise<Accepted | null> {
    return readJson(join(this.folder(id), 'request.json'), acceptedSchema);
  }

  ended(id: string): Promise<Ended | null> {
    return readJson(join(this.folder(id), 'ended.json'), endedSchema);
  }

  writeEnded(id: string, ended: Ended): Promise<void> {
    return writeWhole(join(this.folder(id), 'ended.json'), JSON.stringify(ended), 'how it ended');
  }

  /** Where all of it is. */
  get all(): string {
    return join(this.root, 'jobs');
  }

  folder(id: string): string {
    return join(this.all, id);
  }

  photo(id: string): string {
    return join(this.folder(id), 'photo');
  }

  variant(id: string, n: number): string {
    return variantPath(this.folder(id), n);
  }

  /** Gone at once under its id, whatever happens before its bytes are. */
  async remove(id: string): Promise<void> {
    const trash = join(this.root, 'trash', `${id}-${randomBytes(4).toString('hex')}`);
    try {
      await rename(this.folder(id), trash);
      await syncFolder(this.all);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
    await rm(trash, { recursive: true, force: true });
  }
}

export function variantPath(folder: string, n: number): string {
  return join(folder, `variant-${n}`);
}

async function readJson<T>(path: string, schema: z.core.$ZodType<T>): Promise<T | null> {
  try {
    const parsed = z.core.safeParse(schema, JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
