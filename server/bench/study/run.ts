/** `npm run study` from its arguments to its exit status, with everything around it handed in. */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { UsageError } from '../../cli/errors.ts';
import { checkOutputs, readPhoto, writeWhole } from '../../cli/files.ts';
import { EXIT, type ExitStatus } from '../../cli/outcome.ts';
import type { TextOutput } from '../../cli/progress.ts';
import { startEngine } from '../../engine/start.ts';
import { decodePicture } from '../../images/decode.ts';
import type { Picture } from '../../images/picture.ts';
import type { Engine } from '../../program.ts';
import { modelKey } from '../../models/model-key.ts';
import { referencesOf } from '../quality/measure.ts';
import { thumbnail } from '../report/thumbnails.ts';
import { count, duration } from '../report/numbers.ts';
import { failureOf, type Progress } from '../resumable.ts';
import { finish, type Study } from './combination.ts';
import {
  combinationsOf,
  difference,
  expectedSeconds,
  labelOf,
  taskFor,
  type Setting,
  type Task,
} from './grid.ts';
import { Kept } from './kept.ts';
import { HELP, parseOptions, type Command } from './options.ts';
import { report } from './report.ts';
import { markdown, type Result, type Run } from './results.ts';
import { createThumbnails } from './thumbnails.ts';

export interface StudyIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** The current folder; relative paths start here. */
  readonly folder: string;
  readonly version: string;
  readonly machine: string;
  readonly signal: AbortSignal;
}

type Options = Extract<Command, { name: 'run' }>;

/** In a folder of its own, which git ignores. */
function defaultOut(photo: string): string {
  return `out/study-${basename(photo, extname(photo))}.html`;
}

/** Runs it. Never rejects; every failure is told in one line. */
export async function runStudy(argv: readonly string[], io: StudyIo): Promise<ExitStatus> {
  const progress: Progress = { finished: 0, of: 0 };
  try {
    const command = parseOptions(argv);
    if (command.name === 'help') io.stdout.write(HELP);
    else await study(command, io, progress);
    return EXIT.done;
  } catch (error) {
    const { message, status } = failureOf(error, io.signal.aborted, progress, 'combination');
    io.stderr.write(`study: ${message}\n`);
    return status;
  }
}

async function study(options: Options, io: StudyIo, progress: Progress): Promise<void> {
  const { setting, grid } = options;
  const path = resolve(io.folder, options.photo);
  const file = await readPhoto(path);
  const photo = await decodePicture(file);
  const tasks = combinationsOf(grid).map((combination) => requireTask(photo, setting, combination));
  const out = resolve(io.folder, options.out ?? defaultOut(path));
  if (options.out === null) await mkdir(dirname(out), { recursive: true });
  await checkOutputs([out], path);
  const engine = await startEngine(options.engine);
  try {
    await finishAll(options, io, progress, { path, file, photo, tasks, out, engine });
  } finally {
    await engine.close();
  }
}

interface Found {
  readonly path: string;
  readonly file: Uint8Array;
  readonly photo: Picture;
  readonly tasks: readonly Task[];
  readonly out: string;
  readonly engine: Engine;
}

/** Makes what is missing, and a report after each combination. */
async function finishAll(options: Options, io: StudyIo, progress: Progress, found: Found): Promise<void> {
  const { setting, grid } = options;
  const { path, file, photo, tasks, out, engine } = found;
  const say = (text: string): void => void io.stderr.write(`study: ${text}\n`);
  // Times are an engine's own.
  const kept = await Kept.open(out.replace(/\.html?$/i, `-kept/${engine.name}`), io.version);

  const { signal, machine, version } = io;
  const work: Study = { file, photo, kept, engine, signal, machine, referenceAt: referencesOf(photo) };
  const results = new Map<Task, Result>();
  for (const task of tasks) {
    const outcome = await kept.outcome(task, modelKey(photo, task.hyperparameters));
    if (outcome) results.set(task, { combination: task.combination, outcome });
  }
  progress.finished = results.size;
  progress.of = tasks.length;
  const missing = tasks.filter((task) => !results.has(task));
  announce(options, missing, tasks.length, say);

  const image = createThumbnails(2 * tasks.length);
  const photoImage = await thumbnail(photo, 2 * tasks.length);
  const write = async (): Promise<Run> => {
    const run: Run = {
      photo: basename(path),
      photoImage,
      setting,
      grid,
      engine: engine.name,
      version,
      results: tasks.flatMap((task) => results.get(task) ?? []),
      count: tasks.length,
      notes: notesOn(options),
    };
    await writeWhole(out, Buffer.from(await report(run, image)), signal);
    return run;
  };

  const clock = createClock(missing);
  for (const task of missing) {
    signal.throwIfAborted();
    const label = `${progress.finished + 1} of ${tasks.length}: ${labelOf(task.combination)}`;
    const outcome = await finish(work, task, (what) => say(`${label}: ${what}`));
    results.set(task, { combination: task.combination, outcome });
    progress.finished = results.size;
    if (outcome.kind === 'diverged') say(`${label}: diverged`);
    const left = clock.finished(task);
    if (left > 0) say(`${progress.finished} of ${tasks.length} finished, about ${duration(left)} left`);
    // After each, so that hours of work can be looked at meanwhile.
    if (left > 0) await write();
  }
  io.stdout.write(markdown(await write()));
  say(`wrote ${out}`);
}

/** Throws `UsageError` where there is nothing to train. */
function requireTask(photo: Picture, setting: Setting, combination: Task['combination']): Task {
  const task = taskFor(photo, setting, combination);
  if (task) return task;
  const { width, height } = setting.frame;
  throw new UsageError(
    `--size: expected a frame that the photo (${photo.width}×${photo.height}) does not fill, and not much longer than it, got ${width}×${height}: nothing would be trained`,
  );
}

function announce(
  { setting, quick, grid }: Options,
  missing: readonly Task[],
  all: number,
  say: (text: string) => void,
): void {
  const { width, height } = setting.frame;
  const found = all - missing.length;
  const seconds = missing.reduce((sum, task) => sum + expectedSeconds(task), 0);
  say(
    `${count(all, 'combination')} (preset ${setting.preset}, ${width}×${height})` +
      (found > 0 ? `, ${found} of them finished already` : '') +
      (missing.length > 0 ? `; about ${duration(seconds)} on two cores` : ''),
  );
  const left = quick ? difference(grid) : null;
  if (left) say(left);
  if (!quick && seconds > LONG_SECONDS)
    say(
      'for less: --quick, or fewer of --epochs, --max-size, --optimizer; Ctrl-C at any time, what is finished is kept',
    );
}

const LONG_SECONDS = 15 * 60;

function notesOn({ setting, grid, quick }: Options): string[] {
  const left = difference(grid);
  const { preset } = setting;
  return [
    ...(quick ? ['A quick look of about ten minutes.'] : []),
    ...(left === null ? [] : [left]),
    ...(preset === 'classic'
      ? []
      : [
          'The recipe is this project’s (preset fast: one step of each network, 32 channels, fewer epochs at finer scales), not the study’s (preset classic).',
        ]),
  ];
}

/** Tells from what the finished ones took how long the rest takes. */
function createClock(tasks: readonly Task[]) {
  const started = performance.now();
  let [done, left] = [0, tasks.reduce((sum, task) => sum + expectedSeconds(task), 0)];
  return {
    /** Seconds that are left, 0 after the last task. */
    finished(task: Task): number {
      done += expectedSeconds(task);
      left -= expectedSeconds(task);
      if (task === tasks.at(-1)) return 0;
      return (left * (performance.now() - started)) / 1000 / done;
    },
  };
}
