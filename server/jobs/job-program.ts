/**
 * A program: does one job that its parent sends, writes the pictures and reports what happens. It ends when the job
 * does, when it is told to, and when its parent is gone.
 */
import { readFile } from 'node:fs/promises';
import { PanoramaError } from '../../shared/errors.ts';
import { removeTemporaries, writeWhole } from '../disk/write-whole.ts';
import { thumbnailOfFile, thumbnailOf } from '../images/thumbnail.ts';
import type { PanoramaEvent } from '../panorama/events.ts';
import { makePanorama, type JobReport } from '../panorama/make-panorama.ts';
import { variantPath } from './job-files.ts';
import type { Assignment, ProcessMessage } from './messages.ts';

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
// A terminal's Ctrl-C goes to the whole group; what becomes of the job is the server's to say.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(name, (error: unknown) => void fail(error));
}

process.once('message', (assignment: Assignment) => void run(assignment));
await send({ type: 'ready' });

async function run(assignment: Assignment): Promise<void> {
  const { folder, photoPath, modelsFolder, request, engine, delivered, pace } = assignment;
  try {
    await removeTemporaries(folder);
    let report: JobReport | null = null;
    await makePanorama({
      photo: await readFile(photoPath),
      request,
      engine,
      modelsFolder,
      signal: stop.signal,
      delivered: new Set(delivered),
      pace,
      onEvent: (event) => tell(event, folder),
      onReport: (told) => (report = told),
    });
    if (report === null) throw new Error('internal: the job ended without a report');
    await send({ type: 'done', report, peakBytes: process.resourceUsage().maxRSS * 1024 });
    process.exit();
  } catch (error) {
    await fail(error);
  }
}

async function tell(event: PanoramaEvent, folder: string): Promise<void> {
  switch (event.type) {
    case 'progress': {
      const { type, ...progress } = event;
      return send({ type, progress });
    }
    case 'scale': {
      const { type, preview, losses, ...scale } = event;
      return send({
        type,
        scale: { ...scale, losses: { ...losses }, preview: await thumbnailOf(preview) },
      });
    }
    case 'variant': {
      const { type, bytes, ...variant } = event;
      await writeWhole(variantPath(folder, variant.n), bytes, 'the picture');
      return send({ type, variant, preview: await thumbnailOfFile(bytes) });
    }
    default:
      return event satisfies never;
  }
}

async function fail(error: unknown): Promise<never> {
  const known = error instanceof PanoramaError ? (error as PanoramaError) : null;
  if (!stop.signal.aborted) {
    const text = error instanceof Error ? error.message : String(error);
    const message = known ? known.message : `internal: ${text.replace(/^internal: /, '')}`;
    await send({
      type: 'failed',
      error: {
        code: known?.code ?? 'internal',
        kind: known?.kind ?? 'machine',
        message: message.replace(/\s+/g, ' '),
      },
      stack: error instanceof Error ? error.stack : undefined,
    }).catch(() => undefined);
  }
  process.exit(1);
}

/** Resolves when the message has left. */
function send(message: ProcessMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) throw new Error('internal: job program: expected a parent, got none');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
