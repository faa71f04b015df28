/** The command line from its arguments to its exit status, with everything around it handed in. */
import { resolve } from 'node:path';
import type { ClientTiming } from '../../shared/client-wait.ts';
import { ModelStore } from '../models/model-store.ts';
import { checkModelsFolder, checkOutputs, readPhoto, writeWhole } from './files.ts';
import { HELP } from './help.ts';
import type { RunEvent, RunJob, Work } from './job.ts';
import { jsonLine, scaleLine, type JsonEvent } from './json-events.ts';
import { modelsFolder } from './models-folder.ts';
import { parseCommand, variantPath, type Command } from './options.ts';
import { EXIT, explain, results, type ExitStatus, type WrittenPicture } from './outcome.ts';
import { createBar, createLines, silence, type Progress, type TextOutput } from './progress.ts';
import { remoteJob } from './remote-job.ts';

export interface CliIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The current folder; relative paths start here. */
  readonly folder: string;
  readonly version: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** How long an interrupted job may take to end. */
  readonly graceMs?: number;
  /** How long a server is waited for. */
  readonly clientTiming?: Partial<ClientTiming>;
}

type Run = Extract<Command, { name: 'run' }>;

const DEFAULT_GRACE_MS = 5000;

/** Runs one command line, the program's name left out. Never rejects; every failure is told in one line. */
export async function runCli(argv: readonly string[], io: CliIo, runJob: RunJob): Promise<ExitStatus> {
  const written: WrittenPicture[] = [];
  // Known before the rest of the command line is understood, so that its errors are events too.
  let json = argv.includes('--json');
  try {
    const command = parseCommand(argv, io.env);
    switch (command.name) {
      case 'help':
        io.stdout.write(HELP);
        return EXIT.done;
      case 'version':
        io.stdout.write(`${io.version}\n`);
        return EXIT.done;
      case 'run':
        json = command.report === 'json';
        await run(command, io, runJob, written);
        return EXIT.done;
      default:
        return command satisfies never;
    }
  } catch (error) {
    const { status, code, message } = explain(error, io.signal.aborted, written);
    if (json) io.stdout.write(jsonLine({ type: 'error', code, message }));
    io.stderr.write(`panorama: ${message}\n`);
    if (io.env.DEBUG && error instanceof Error) io.stderr.write(`${error.stack}\n`);
    return status;
  }
}

async function run(command: Run, io: CliIo, runJob: RunJob, written: WrittenPicture[]): Promise<void> {
  const { request } = command;
  const photoPath = resolve(io.folder, command.photoPath);
  const outPaths = Array.from({ length: request.variants }, (_, i) => variantPath(command.outPath, i + 1));

  const photo = await readPhoto(photoPath);
  await checkOutputs(
    outPaths.map((path) => resolve(io.folder, path)),
    photoPath,
  );
  const work = await workFor(command, io, runJob);

  const progress = progressFor(command, io);
  const failed = new AbortController();
  const signal = AbortSignal.any([io.signal, failed.signal]);
  // One event after the other, so that a result never races its draft; the first failure ends the job.
  let handled: Promise<void> = Promise.resolve();
  const onEvent = (event: RunEvent): Promise<void> => {
    handled = handled.then(() => handleEvent(event, command, io, { progress, signal, written }));
    handled.catch((error: unknown) => failed.abort(error));
    return handled;
  };

  try {
    const job = work({ photo, request, signal, onEvent });
    await endedOrAborted(job, signal, io.graceMs ?? DEFAULT_GRACE_MS);
    await handled;
  } catch (error) {
    // A write that failed aborted the job, whose own error then only says so.
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    await handled.catch(() => {});
    progress.end();
  }
  finish(command, io, results(written));
}

/** The job where it is to be done; a local one's models folder is checked before anything begins. */
async function workFor({ place, request }: Run, io: CliIo, runJob: RunJob): Promise<Work> {
  switch (place.name) {
    case 'here': {
      const folder = resolve(io.folder, modelsFolder(io));
      if (request.preset !== 'draft') await checkModelsFolder(folder);
      const models = ModelStore.inFolder(folder);
      return (job) => runJob({ ...job, engine: place.engine, models });
    }
    case 'server':
      return remoteJob(place.address, io.clientTiming);
    default:
      return place satisfies never;
  }
}

interface Running {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly written: WrittenPicture[];
}

/** Tells an event, and puts a picture on the disk before it is told. */
async function handleEvent(event: RunEvent, command: Run, io: CliIo, running: Running): Promise<void> {
  const { progress, signal, written } = running;
  switch (event.type) {
    case 'progress':
    case 'sending':
    case 'queued':
      progress.update(event);
      return tell(command, io, event);
    case 'job':
      return tell(command, io, event);
    case 'scale':
      if (command.report !== 'json') return;
      return tell(command, io, await scaleLine(event));
    case 'variant': {
      const { bytes, ...told } = event;
      const { n, width, height } = event;
      const path = variantPath(command.outPath, n);
      await writeWhole(resolve(io.folder, path), bytes, signal);
      written.push({ n, path, width, height });
      if (n === 0) noteDraft(command, progress, path, event.upscaled);
      return tell(command, io, { ...told, path });
    }
    default:
      return event satisfies never;
  }
}

function noteDraft({ request }: Run, progress: Progress, path: string, upscaled: number): void {
  const times = upscaled.toFixed(1);
  if (times !== '1.0') {
    progress.note(
      `the photo is enlarged ${times} times to fill the frame; a larger photo gives a sharper picture`,
    );
  }
  if (request.preset !== 'draft') progress.note(`draft: ${path}`);
}

function finish(command: Run, io: CliIo, pictures: readonly WrittenPicture[]): void {
  if (pictures.length === 0) throw new Error('the job ended without a picture');
  tell(command, io, { type: 'done', paths: pictures.map(({ path }) => path) });
  if (command.report !== 'progress') return;
  for (const { path, width, height } of pictures) io.stdout.write(`${path}  ${width}×${height}\n`);
}

function tell({ report }: Run, { stdout }: CliIo, event: JsonEvent): void {
  if (report === 'json') stdout.write(jsonLine(event));
}

function progressFor({ report }: Run, { stderr, env }: CliIo): Progress {
  if (report !== 'progress') return silence;
  return stderr.isTTY && env.TERM !== 'dumb'
    ? createBar(stderr, () => performance.now())
    : createLines(stderr);
}

/** The job's end, or the abort's reason where the job does not end within the grace after it. */
async function endedOrAborted(job: Promise<void>, signal: AbortSignal, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let start = () => {};
  const overdue = new Promise<never>((_, reject) => {
    start = () => {
      timer = setTimeout(() => reject(signal.reason as Error), graceMs);
    };
    if (signal.aborted) start();
    else signal.addEventListener('abort', start, { once: true });
  });
  try {
    await Promise.race([job, overdue]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', start);
  }
}
