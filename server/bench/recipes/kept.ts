/**
 * What is kept in the folder: a line of JSON for each finished task, written at its end and synced, so that a run may be
 * stopped at any moment. Of tasks that were made twice the last line holds.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FileError } from '../../cli/errors.ts';
import { systemCode } from '../../disk/errors.ts';
import { makeFolder } from '../../disk/make-folder.ts';
import type { Task } from './tasks.ts';

const scaleSchema = z.object({
  width: z.int(),
  height: z.int(),
  epochs: z.int(),
  /** With compiling it. */
  seconds: z.number(),
  /** Of processor time: the same on a machine that is busy with other things. */
  cpuSeconds: z.number(),
  /** Mean squared error at its end. */
  reconstruction: z.number(),
});

const layoutSchema = z.object({
  swd: z.number(),
  horizon: z.number(),
  completeness: z.number(),
  repetition: z.number(),
  /** By which the server takes the best. */
  rank: z.number(),
});

const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('finished'),
    scales: z.array(scaleSchema).min(1),
    /** Best first. */
    layouts: z.array(layoutSchema).min(1),
    diversity: z.number().nullable(),
  }),
  z.object({ kind: z.literal('diverged'), scales: z.array(scaleSchema), message: z.string() }),
]);

const lineSchema = z.object({ key: z.string(), outcome: outcomeSchema });

export type TrainedScale = Readonly<z.infer<typeof scaleSchema>>;
/** A layout's figures; lower is better in all. */
export type LayoutLine = Readonly<z.infer<typeof layoutSchema>>;
/** What became of a task. */
export type Outcome = Readonly<z.infer<typeof outcomeSchema>>;
export type Finished = Extract<Outcome, { kind: 'finished' }>;

/** Figures are kept to so many digits after the point. */
const DIGITS = 5;

export class Kept {
  private readonly outcomes = new Map<string, Outcome>();
  private readonly path: string;
  private writing: Promise<void> = Promise.resolve();

  private constructor(readonly folder: string) {
    this.path = join(folder, 'results.jsonl');
  }

  /** Makes the folder where it is missing. Throws `FileError` where that cannot be. */
  static async open(folder: string): Promise<Kept> {
    const kept = new Kept(folder);
    try {
      await makeFolder(folder);
      await kept.read();
    } catch (error) {
      const message = `--out: expected a folder for results at ${folder}, got ${systemCode(error)}`;
      throw new FileError('not-writable', message, { cause: error });
    }
    return kept;
  }

  outcome({ key }: Task): Outcome | null {
    return this.outcomes.get(key) ?? null;
  }

  /** Resolves once the line is on the disk; lines are written one after another. */
  save(task: Task, outcome: Outcome): Promise<void> {
    const { key, recipe, photo, seed, threads } = task;
    const line = { key, recipe, photo: photo.name, seed, threads, outcome };
    // A line that was cut off is ended first.
    const text = `\n${JSON.stringify(line, (_, value: unknown) => (typeof value === 'number' ? rounded(value) : value))}\n`;
    this.outcomes.set(key, outcome);
    this.writing = this.writing.then(async () => {
      const file = await open(this.path, 'a');
      try {
        await file.appendFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    });
    return this.writing;
  }

  private async read(): Promise<void> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) {
      const parsed = lineSchema.safeParse(jsonOf(line));
      if (parsed.success) this.outcomes.set(parsed.data.key, parsed.data.outcome);
    }
  }
}

/** Null where it is no JSON: an empty line, or one that was cut off. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
