/**
 * What is kept of each panorama as bytes: its request and photo, its pictures, and how it ended. All that is lost with
 * an embedded database can be read from here.
 *
 *   jobs/ID/photo  jobs/ID/request.json  jobs/ID/variant-0 …  jobs/ID/ended.json
 *
 * What is being received is in a folder of this process, `uploads/`.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Size } from '../../shared/geometry.ts';
import { panoramaRequestSchema, type PanoramaRequest } from '../../shared/request.ts';
import { madeVariantSchema, panoramaSchema } from '../../shared/protocol.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { writeFailure } from '../disk/errors.ts';

const acceptedSchema = z.object({
  fingerprint: z.string(),
  request: panoramaRequestSchema,
  image: z.object({ width: z.int(), height: z.int() }),
  estimatedSeconds: z.number(),
  memoryBytes: z.number(),
  owner: z.string(),
  model: z.string().nullable(),
  webhook: z.string().nullable(),
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
  /** At its peak. */
  readonly memoryBytes: number;
  /** Whose token it came with. */
  readonly owner: string;
  /** What is trained for it: of two with the same, one trains. Null where nothing is. */
  readonly model: string | null;
  /** Where its end is told. */
  readonly webhook: string | null;
  readonly createdAt: string;
}

const { status, phase, error, preview, startedAt, endedAt } = panoramaSchema.shape;
const variants = z.array(madeVariantSchema);
const endedSchema = z.object({ status, phase, error, preview, startedAt, endedAt, variants });
/** How a panorama ended, as it is kept beside its pictures. */
export type Ended = z.infer<typeof endedSchema>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where all of it is. */
export const JOBS = 'jobs';

const keyOf = (id: string, name: string): string => `${JOBS}/${id}/${name}`;

export const photoKey = (id: string): string => keyOf(id, 'photo');
export const variantKey = (id: string, n: number): string => keyOf(id, `variant-${n}`);

export class JobFiles {
  private constructor(
    readonly blobs: Blobs,
    /** Of this process alone. */
    readonly uploads: string,
  ) {}

  /** Throws away what was being received when the last server ended. */
  static async open(blobs: Blobs, folder: string): Promise<JobFiles> {
    const uploads = join(folder, 'uploads');
    await rm(uploads, { recursive: true, force: true });
    await mkdir(uploads, { recursive: true });
    return new JobFiles(blobs, uploads);
  }

  /** A new empty folder for one upload. */
  async newUpload(): Promise<string> {
    const folder = join(this.uploads, randomBytes(8).toString('hex'));
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

  async discard(upload: string): Promise<void> {
    await rm(upload, { recursive: true, force: true });
  }

  /** Keeps an upload, whose photo is synced already, under its id. What has no request was never accepted. */
  async accept(id: string, upload: string, accepted: Accepted): Promise<void> {
    await this.blobs.putFile(photoKey(id), this.uploadedPhoto(upload), 'the photo');
    await this.blobs.put(keyOf(id, 'request.json'), JSON.stringify(accepted), 'the request');
  }

  /** All ids that something is kept of, with when the last of it was written, and what it takes. */
  async all(): Promise<Map<string, { readonly modifiedAt: Date; readonly sizeBytes: number }>> {
    const found = new Map<string, { modifiedAt: Date; sizeBytes: number }>();
    for await (const { key, modifiedAt, sizeBytes } of this.blobs.list(JOBS)) {
      const id = key.split('/')[1] ?? '';
      if (!UUID.test(id)) continue;
      const known = found.get(id);
      const latest = known && known.modifiedAt > modifiedAt ? known.modifiedAt : modifiedAt;
      found.set(id, { modifiedAt: latest, sizeBytes: sizeBytes + (known?.sizeBytes ?? 0) });
    }
    return found;
  }

  /** What was accepted under an id; null where that is not to be read. */
  accepted(id: string): Promise<Accepted | null> {
    return this.readJson(keyOf(id, 'request.json'), acceptedSchema);
  }

  ended(id: string): Promise<Ended | null> {
    return this.readJson(keyOf(id, 'ended.json'), endedSchema);
  }

  writeEnded(id: string, ended: Ended): Promise<void> {
    return this.blobs.put(keyOf(id, 'ended.json'), JSON.stringify(ended), 'how it ended');
  }

  remove(id: string): Promise<void> {
    return this.blobs.remove(`${JOBS}/${id}`);
  }

  private async readJson<T>(key: string, schema: z.core.$ZodType<T>): Promise<T | null> {
    const bytes = await this.blobs.get(key);
    if (bytes === null) return null;
    try {
      const parsed = z.core.safeParse(schema, JSON.parse(new TextDecoder().decode(bytes)));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }
}
