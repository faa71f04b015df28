/** `npm run recipes` from its arguments to its exit status, with everything around it handed in. */
import { join, resolve } from 'node:path';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitStatus } from '../../cli/outcome.ts';
import type { TextOutput } from '../../cli/progress.ts';
import { writeWhole } from '../../disk/write-whole.ts';
import { failureOf, type Progress } from '../resumable.ts';
import { count, duration, mean, show } from '../report/numbers.ts';
import { Kept, type Outcome } from './kept.ts';
import { HELP, parseOptions, type Command } from './options.ts';
import { examplePhotos, loadPhoto, photoAt } from './photos.ts';
import { BASELINE } from './recipes.ts';
import { writeSheets, type Sheet } from './sheets.ts';
import { figuresOf, markdown, rowsOf, type Run } from './table.ts';
import { FRAME, tasksOf, type LoadedPhoto, type Task } from './tasks.ts';
import { MEASURED_SIDE, planFor } from './training.ts';
import { trainingMultiplyAdds } from './work.ts';
import type { Worker } from './worker.ts';

export interface RecipesIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** The current folder; relative paths start here. */
  readonly folder: string;
  readonly examples: string;
  /** How many threads the machine runs at once. */
  readonly parallelism: number;
  /** Starts a worker that writes its pictures into `folder`. */
  readonly startWorker: (folder: string, threads: number) => Worker;
  readonly signal: AbortSignal;
}

type Options = Extract<Command, { name: 'run' }>;

/** Runs it. Never rejects; every failure is told in one line. */
export async function runRecipes(argv: readonly string[], io: RecipesIo): Promise<ExitStatus> {
  const progress: Progress = { finished: 0, of: 0 };
  try {
    const command = parseOptions(argv);
    if (command.name === 'help') io.stdout.write(HELP);
    else await compare(command, io, progress);
    return EXIT.done;
  } catch (error) {
    const { message, status } = failureOf(error, io.signal.aborted, progress, 'training');
    io.stderr.write(`recipes: ${message}\n`);
    return status;
  }
}

async function compare(options: Options, io: RecipesIo, progress: Progress): Promise<void> {
  const { recipes, seeds, threads, quick } = options;
  const say = (text: string): void => void io.stderr.write(`recipes: ${text}\n`);
  const photos = await loadAll(options, io);
  const tasks = tasksOf(recipes, photos, { seeds, threads, quick });
  const folder = resolve(io.folder, options.out ?? (quick ? 'out/recipes-quick' : 'out/recipes'));
  const kept = await Kept.open(folder);
  const missing = options.reportOnly ? [] : missingOf(tasks, kept);
  progress.of = tasks.length;
  progress.finished = tasks.filter((task) => kept.outcome(task)).length;
  const written = async (sheets: readonly Sheet[]): Promise<string> => {
    const text = report(options, photos, tasks, kept, sheets);
    await writeWhole(join(folder, 'recipes.md'), text, 'the table');
    return text;
  };

  if (missing.length > 0) {
    const workers = Math.max(1, Math.min(missing.length, Math.floor(io.parallelism / threads)));
    say(
      `${count(tasks.length, 'training')} of ${count(recipes.length, 'recipe')}, ${progress.finished} of them finished already; ` +
        `${workers} at a time, ${count(threads, 'thread')} each`,
    );
    const started = performance.now();
    let done = 0;
    await trainAll(missing, workers, io, folder, threads, async (task, outcome) => {
      await kept.save(task, outcome);
      done++;
      progress.finished = tasks.filter((each) => kept.outcome(each)).length;
      const left = ((performance.now() - started) / 1000 / done) * (missing.length - done);
      say(
        `${progress.finished} of ${tasks.length}: ${labelOf(task)}: ${resultOf(outcome)}` +
          (left > 0 ? `; about ${duration(left)} left` : ''),
      );
      // So that hours of work can be looked at meanwhile.
      await written([]);
    });
  }
  io.stdout.write(await written(await writeSheets(folder, tasks)));
  say(`wrote ${join(folder, 'recipes.md')}`);
}

async function loadAll(options: Options, io: RecipesIo): Promise<LoadedPhoto[]> {
  const sources =
    options.photos?.map((path) => photoAt(resolve(io.folder, path))) ?? examplePhotos(io.examples);
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`--photos: expected files of different names, got ${twice} twice`);
  const photos: LoadedPhoto[] = [];
  for (const source of sources) {
    const picture = await loadPhoto(source);
    planFor(picture);
    photos.push({ source, picture });
  }
  return photos;
}

/** Each training once: two recipes may be the same. */
function missingOf(tasks: readonly Task[], kept: Kept): Task[] {
  const missing = new Map(
    tasks.filter((task) => !kept.outcome(task)).map((task) => [task.key, task] as const),
  );
  return [...missing.values()];
}

/** Does the tasks in their order, several at a time. */
async function trainAll(
  tasks: readonly Task[],
  together: number,
  io: RecipesIo,
  folder: string,
  threads: number,
  onResult: (task: Task, outcome: Outcome) => Promise<void>,
): Promise<void> {
  io.signal.throwIfAborted();
  const workers = Array.from({ length: together }, () => io.startWorker(folder, threads));
  const stop = (): void => workers.forEach((worker) => worker.stop());
  io.signal.addEventListener('abort', stop);
  let next = 0;
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let task = tasks[next++]; task; task = tasks[next++]) {
          io.signal.throwIfAborted();
          await onResult(task, await worker.run(task));
        }
      }),
    );
  } finally {
    io.signal.removeEventListener('abort', stop);
    stop();
  }
}

function labelOf({ recipe, photo, seed }: Task): string {
  return `${recipe}, ${photo.name}, seed ${seed}`;
}

function resultOf(outcome: Outcome): string {
  if (outcome.kind === 'diverged') return 'diverged';
  const { seconds, cpuSeconds, best } = figuresOf(outcome);
  return `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} of CPU), score ${best.toFixed(2)}`;
}

function report(
  { recipes, seeds, threads, quick }: Options,
  photos: readonly LoadedPhoto[],
  tasks: readonly Task[],
  kept: Kept,
  sheets: readonly Sheet[],
): string {
  const sizes = new Map(photos.map(({ source, picture }) => [source.name, picture]));
  const runs = tasks.map((task): Run => {
    const size = sizes.get(task.photo.name);
    if (!size) throw new Error(`internal: recipes: no photo ${task.photo.name}`);
    const work = trainingMultiplyAdds(task.hyperparameters, size);
    return {
      recipe: task.recipe,
      photo: task.photo.name,
      seed: task.seed,
      work,
      outcome: kept.outcome(task),
    };
  });
  const changes = new Map(recipes.map((recipe) => [recipe.name, recipe.changes]));
  const names = photos.map(({ source }) => source.name).join(', ');
  return [
    `# Training recipes beside \`${BASELINE.name}\`\n`,
    `Photos: ${names}. Training seeds 1 to ${seeds}, ${count(threads, 'thread')}; ${count(tasks[0]?.layouts ?? 0, 'layout')} of ` +
      `${FRAME.width}×${FRAME.height} each, measured where the photo is ${MEASURED_SIDE} px long.${quick ? ' A try: a twentieth of the iterations.' : ''}\n`,
    `${baselineText(runs)}\n`,
    markdown(rowsOf(runs, BASELINE.name), (recipe) => changes.get(recipe) ?? ''),
    `Work (multiply–adds of the training), seconds (on the clock, and of the processor) and scores are relative to ${BASELINE.name} on the same photo with the same seed: ` +
      'seconds a median, the others geometric means, ± their standard error. The score is MS-SWD + horizon + completeness of ' +
      'the layout that ranks best, or the median over all; the figures are means over runs of medians over layouts, lower is better ' +
      'but for diversity.\n',
    ...sheets.map(({ name, recipes: rows }) => `${name}, from the top: ${rows.join(', ')}.\n`),
  ].join('\n');
}

/** What the ratios are ratios of. */
function baselineText(runs: readonly Run[]): string {
  const own = runs.filter(({ recipe }) => recipe === BASELINE.name);
  const figures = own.flatMap(({ outcome }) => (outcome?.kind === 'finished' ? [figuresOf(outcome)] : []));
  const work = mean(own.map((run) => run.work / 1e9));
  return (
    `\`${BASELINE.name}\` on average: ${show(work, 0)} G multiply–adds, ${show(mean(figures.map(({ seconds }) => seconds)), 1)} s, ` +
    `${show(mean(figures.map(({ cpuSeconds }) => cpuSeconds)), 1)} s of CPU, ` +
    `score ${show(mean(figures.map(({ best }) => best)), 2)}, median ${show(mean(figures.map(({ median }) => median)), 2)}.`
  );
}
