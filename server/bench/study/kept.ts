/**
 * What a study keeps beside its report: of every finished combination its result, of every trained scale its time and
 * losses, and the models. Files are there whole or not at all, and named by all that they depend on, so that
 * studies of other photos or options can share the folder.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FileError } from '../../cli/errors.ts';
import { systemCode } from '../../disk/errors.ts';
import { makeFolder } from '../../disk/make-folder.ts';
import { removeTemporaries, writeWhole } from '../../disk/write-whole.ts';
import { FIGURES, type FigureName } from '../quality/measure.ts';
import type { Task } from './grid.ts';

/** Raised when results are measured or written otherwise. */
const FORMAT_VERSION = 1;

const FIGURE_NAMES = FIGURES.map(({ name }) => name);

const scaleSchema = z.object({
  width: z.int(),
  height: z.int(),
  epochs: z.int(),
  seconds: z.number(),
  losses: z.object({
    discriminator: z.number(),
    generator: z.number(),
    reconstruction: z.number(),
    gradientPenalty: z.number(),
  }),
});
const scalesSchema = z.array(scaleSchema);

const viewSchema = z.object({
  figures: z.record(z.enum(FIGURE_NAMES as [FigureName, ...FigureName[]]), z.number().nullable()),
  width: z.int(),
  height: z.int(),
  /** Of making it, without the training. */
  seconds: z.number(),
  /** A WebP file in base64. */
  image: z.string(),
});

const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('finished'),
    scales: scalesSchema,
    /** The layout as the SinGAN draws it, and that layout painted. */
    sample: viewSchema,
    panorama: viewSchema,
    machine: z.string(),
  }),
  z.object({ kind: z.literal('diverged'), scales: scalesSchema, message: z.string(), machine: z.string() }),
]);

/** How one scale was trained. */
export type TrainedScale = Readonly<z.infer<typeof scaleSchema>>;
/** A picture with its figures. */
export type View = Readonly<z.infer<typeof viewSchema>>;
/** What became of a combination. */
export type Outcome = Readonly<z.infer<typeof outcomeSchema>>;
export type Finished = Extract<Outcome, { kind: 'finished' }>;

export class Kept {
  readonly modelsFolder: string;

  private constructor(
    private readonly folder: string,
    private readonly version: string,
  ) {
    this.modelsFolder = join(folder, 'models');
  }

  /** Makes the folder where it is missing. Throws `FileError` where that cannot be. */
  static async open(folder: string, version: string): Promise<Kept> {
    const kept = new Kept(folder, version);
    try {
      await makeFolder(kept.modelsFolder);
      if (!(await stat(kept.modelsFolder)).isDirectory()) throw new Error('a file is in its place');
    } catch (error) {
      const message = `--out: expected to make the folder ${folder} beside the report, got ${systemCode(error)}`;
      throw new FileError('not-writable', message, { cause: error });
    }
    await Promise.all([removeTemporaries(folder), removeTemporaries(kept.modelsFolder)]);
    return kept;
  }

  /** What became of a combination; null where it is not finished, or what is there cannot be read. */
  async outcome(task: Task, modelKey: string): Promise<Outcome | null> {
    return readJson(this.outcomePath(task, modelKey), outcomeSchema);
  }

  async saveOutcome(task: Task, modelKey: string, outcome: Outcome): Promise<void> {
    await writeWhole(this.outcomePath(task, modelKey), JSON.stringify(outcome), 'a result of the study');
  }

  /** The scales of a model that were trained so far. */
  async scales(modelKey: string): Promise<readonly TrainedScale[]> {
    return (await readJson(this.scalesPath(modelKey), scalesSchema)) ?? [];
  }

  async saveScales(modelKey: string, scales: readonly TrainedScale[]): Promise<void> {
    await writeWhole(this.scalesPath(modelKey), JSON.stringify(scales), 'the losses');
  }

  private outcomePath({ combination, request }: Task, modelKey: string): string {
    const { optimizer, epochs, maxSize } = combination;
    const { width, height, mode, seed } = request;
    const facts = [FORMAT_VERSION, this.version, modelKey, width, height, mode, seed];
    const key = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
    return join(this.folder, `${optimizer}-${epochs}-${maxSize}-${key}.json`);
  }

  private scalesPath(modelKey: string): string {
    return join(this.modelsFolder, `${modelKey}.json`);
  }
}

/** What a file holds; null where there is none, or one of another form: it is then made anew. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError || systemCode(error) === 'ENOENT')
      return null;
    throw new FileError('unreadable', `study: expected to read ${path}, got ${systemCode(error)}`, {
      kind: 'machine',
      cause: error,
    });
  }
}
