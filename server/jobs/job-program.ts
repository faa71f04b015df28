/**
 * A program: does one job that its parent sends, writes the pictures and reports what happens. It ends when the job
 * does, when it is told to, and when its parent is gone.
 */
import { PanoramaError } from '../../shared/errors.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { openBlobs } from '../blobs/open-blobs.ts';
import { thumbnailOfFile, thumbnailOf } from '../images/thumbnail.ts';
import type { PanoramaEvent } from '../panorama/events.ts';
import { makePanorama, type JobReport } from '../panorama/make-panorama.ts';
import { ModelStore } from '../models/model-store.ts';
import { photoKey, variantKey } from './job-files.ts';
import type { Assignment, ProcessMessage } from './messages.ts';

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
// A terminal's Ctrl-C, and its closing, go to the whole group; what becomes of the job is the server's to say.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.on('disconnect', () => process.exit());
for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(name, (error: unknown) => void fail(error));
}

process.once('message', (assignment: Assignment) => void run(assignment));
await send({ type: 'ready' });

async function run(assignment: Assignment): Promise<void> {
  const { id, request, engine, delivered, pace } = assignment;
  try {
    const blobs = await openBlobs(assignment.blobs, process.env);
    const photo = await blobs.get(photoKey(id));
    if (photo === null) throw new Error(`internal: job program: the photo of ${id} is not in ${blobs.place}`);
    let report: JobReport | null = null;
    await makePanorama({
      photo,
      request,
      engine,
      models: new ModelStore(blobs, 'models/'),
      signal: stop.signal,
      delivered: new Set(delivered),
      pace,
      onEvent: (event) => tell(event, blobs, id),
      onReport: (told) => (report = told),
    });
    if (report === null) throw new Error('internal: the job ended without a report');
    await send({ type: 'done', report, peakBytes: process.resourceUsage().maxRSS * 1024 });
    process.exit();
  } catch (error) {
    await fail(error, assignment);
  }
}

async function tell(event: PanoramaEvent, blobs: Blobs, id: string): Promise<void> {
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
      await blobs.put(variantKey(id, variant.n), bytes, 'the picture');
      return send({ type, variant, preview: await thumbnailOfFile(bytes) });
    }
    default:
      return event satisfies never;
  }
}

async function fail(error: unknown, assignment?: Assignment): Promise<never> {
  const message: ProcessMessage = stop.signal.aborted ? { type: 'stopped' } : failure(error, assignment);
  await send(message).catch(() => undefined);
  process.exit(1);
}

/** What the user is told; of a bug only that it is one, and where the server keeps its files is nobody's business. */
function failure(error: unknown, assignment?: Assignment): ProcessMessage {
  if (error instanceof PanoramaError) {
    const { code, kind, message } = error as PanoramaError;
    const text = assignment ? message.replaceAll(assignment.blobs, 'store') : message;
    return { type: 'failed', error: { code, kind, message: text.replace(/\s+/g, ' ') } };
  }
  const message = "internal: the job failed in a way that nobody thought of; the server's log says more";
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { type: 'failed', error: { code: 'internal', kind: 'machine', message }, bug };
}

/** Resolves when the message has left. */
function send(message: ProcessMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) throw new Error('internal: job program: expected a parent, got none');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
