import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAINING_PRESETS, type Hyperparameters } from '../../../shared/hyperparameters.ts';
import { CompiledEngine } from '../../engine/compiled.ts';
import { encodePicture } from '../../images/encode.ts';
import { inspectPicture } from '../../images/inspect.ts';
import { resample } from '../../images/resample.ts';
import { scene } from '../quality/pictures.testing.ts';
import { recordOutputs } from '../record-outputs.testing.ts';
import { examplePhotos, loadPhoto } from './photos.ts';
import { BASELINE, RECIPES } from './recipes.ts';
import { runRecipes } from './run.ts';
import { hyperparametersOf, tasksOf } from './tasks.ts';
import { measureLayouts, train } from './training.ts';
import { createWorker } from './worker.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/server/recipes.js', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipes-'));
  await writeFile(join(folder, 'photo.png'), await encodePicture(scene(24, 24), 'png'));
  await writeFile(join(folder, 'wide.png'), await encodePicture(scene(96, 32), 'png'));
  await writeFile(join(folder, 'notes.txt'), 'Dear diary');
  await mkdir(join(folder, 'other'));
  await writeFile(join(folder, 'other', 'photo.png'), await encodePicture(scene(24, 24), 'png'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line; `interruptAt` is what standard error says when Ctrl-C is pressed. */
async function run(argv: readonly string[], interruptAt?: string) {
  const { said, ...outputs } = recordOutputs(interruptAt);
  const status = await runRecipes(argv, {
    ...outputs,
    folder,
    examples: EXAMPLES,
    parallelism: 1,
    startWorker: createWorker,
  });
  return { status, ...said };
}

/** Two trainings of a few seconds. */
const SMALL = ['--quick', '--photos', 'photo.png', '--only', 'no-ema'];

async function lines(out: string): Promise<{ recipe: string; outcome: { kind: string } }[]> {
  const text = await readFile(join(folder, out, 'results.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as { recipe: string; outcome: { kind: string } });
}

describe('npm run recipes', () => {
  it.each([
    [['photo.png'], /expected options only, got "photo\.png"; --photos names photos/],
    [['--fast'], /--fast/],
    [['--seeds', '0'], /--seeds: expected a whole number from 1 to 100, got "0"/],
    [['--seeds', '1', '--seeds', '2'], /--seeds: expected once, got it twice/],
    [['--threads', 'all'], /--threads: expected a whole number.*got "all"/],
    [['--only', 'nadam,lion'], /--only: expected names among fast, .*; got "lion"/],
    [['--only', 'nadam,nadam'], /--only: expected each once, got nadam twice/],
    [['--only', ''], /--only: expected names between commas/],
    [['--photos', 'gone.jpg'], /gone\.jpg, got no such file/],
    [['--photos', 'notes.txt'], /got a file of another kind/],
    [
      ['--photos', 'photo.png,other/photo.png'],
      /--photos: expected files of different names, got photo twice/,
    ],
    [
      ['--photos', 'wide.png'],
      /--photos: expected photos that leave room beside them at 3:1, got one of 96×32/,
    ],
    [['--photos', 'photo.png', '--out', 'notes.txt'], /--out: expected a folder for results at .*notes\.txt/],
    [['--out', ''], /--out: expected a folder, got nothing/],
  ])('[RECIPES1] refuses %j in one line with status 2, before any work', async (argv, message) => {
    const before = await readdir(folder);
    const { status, err, out } = await run(argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^recipes: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });

  it('[RECIPES1] answers --help whatever else is given', async () => {
    const { status, out, err } = await run(['--seeds', 'many', '--help']);
    expect([status, err]).toEqual([0, '']);
    for (const word of ['--photos', '--only', '--report', '130', ...RECIPES.map(({ name }) => name)])
      expect(out).toContain(word);
  });

  it('[RECIPES2] interrupted, keeps what is finished, and the same command does the rest', async () => {
    const first = await run(SMALL, '1 of 2: fast, photo, seed 1: ');
    expect([first.status, first.out]).toEqual([130, '']);
    expect(first.err.trimEnd().split('\n').at(-1)).toBe(
      'recipes: interrupted; 1 of 2 trainings finished and kept, the same command goes on from there',
    );
    const out = 'out/recipes-quick';
    expect((await lines(out)).map(({ recipe }) => recipe)).toEqual(['fast']);
    // As a power cut leaves it.
    await appendFile(join(folder, out, 'results.jsonl'), '{"key":"0123456789abcdef","outcome":{"kind":"fin');

    const second = await run(SMALL);
    expect(second.status).toBe(0);
    expect(second.err).toContain('2 trainings of 2 recipes, 1 of them finished already');
    expect(second.err).not.toContain('fast, photo');
    expect((await lines(out)).map(({ recipe }) => recipe)).toEqual(['fast', 'no-ema']);
    expect(await readFile(join(folder, out, 'recipes.md'), 'utf8')).toBe(second.out);
    expect(second.out).toMatch(
      /^\| fast \| nothing \| 1 \| 0 \| 1\.00 \| 1\.00 \| 1\.00 \| 1\.000 \| 1\.000 \|/m,
    );
    expect(second.out).toMatch(/^\| no-ema \| no moving average of G \| 1 \| 0 \| 1\.00 \|/m);
    const pictures = (await readdir(join(folder, out))).filter((name) => name.endsWith('.png')).toSorted();
    expect(pictures).toEqual(['fast-photo-1.png', 'no-ema-photo-1.png', 'sheet-photo.png']);

    const report = await run([...SMALL, '--report']);
    expect([report.status, report.out]).toEqual([0, second.out]);
    expect(report.err).not.toContain('no-ema, photo');
    const none = await run([...SMALL, '--seeds', '2', '--out', out, '--report']);
    expect(none.out).toMatch(/^\| no-ema \| no moving average of G \| 1 of 2 \|/m);
  });

  it('[RECIPES2] killed and started again, has workers of its own that do the rest', async () => {
    const start = () =>
      spawn(process.execPath, [PROGRAM, ...SMALL, '--seeds', '2', '--out', 'killed'], { cwd: folder });
    const killed = start();
    killed.stderr.on('data', (text: Buffer) => {
      if (text.toString().includes('1 of 4')) killed.kill('SIGKILL');
    });
    expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL']);
    const before = await lines('killed');
    expect(before.length).toBeGreaterThanOrEqual(1);
    expect(before.length).toBeLessThan(4);

    const again = start();
    let [out, err] = ['', ''];
    again.stdout.on('data', (text: Buffer) => (out += text.toString()));
    again.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const [status] = (await once(again, 'close')) as [number];
    expect(status).toBe(0);
    expect(err).toContain(`4 trainings of 2 recipes, ${before.length} of them finished already`);
    expect(out).toMatch(/^\| no-ema \| no moving average of G \| 2 \| 0 \| 1\.00 \|/m);
    expect(await lines('killed')).toHaveLength(4);
    const sheet = await inspectPicture(join(folder, 'killed', 'sheet-photo.png'));
    const layout = await inspectPicture(join(folder, 'killed', 'fast-photo-1.png'));
    expect(sheet.width).toBe(2 * layout.width + 4);
    expect(sheet.height).toBe(2 * layout.height + 4);
  });
});

describe('a task', () => {
  const photo = { source: { name: 'photo', path: 'photo.png', part: null }, picture: scene(24, 24) };
  const keysOf = (recipe = BASELINE, threads = 1, picture = photo.picture): string[] =>
    tasksOf([recipe], [{ ...photo, picture }], { seeds: 1, threads, quick: true }).map(({ key }) => key);

  it('[RECIPES5] is known by photo, recipe, seed and threads', () => {
    const tasks = tasksOf(RECIPES, [photo], { seeds: 3, threads: 1, quick: false });
    expect(new Set(tasks.map(({ key }) => key)).size).toBe(RECIPES.length * 3);
    expect(tasks.slice(0, 2).map(({ recipe, seed }) => [recipe, seed])).toEqual([
      ['fast', 1],
      ['epochs-half', 1],
    ]);
    expect(keysOf(BASELINE, 2)).not.toEqual(keysOf());
    expect(keysOf(BASELINE, 1, scene(24, 24, 0.4))).not.toEqual(keysOf());
    expect(keysOf({ ...BASELINE, name: 'other' })).toEqual(keysOf());
  });

  it('[RECIPES5] stays the same where a hyperparameter has the paper’s value', () => {
    const published = { beta1: TRAINING_PRESETS.paper.beta1 } satisfies Partial<Hyperparameters>;
    expect(keysOf({ ...BASELINE, hyperparameters: published })).toEqual(keysOf());
    expect(keysOf({ ...BASELINE, hyperparameters: { beta1: 0 } })).not.toEqual(keysOf());
  });

  it('[RECIPES6] is measured at one size, whatever the recipe draws at', async () => {
    const [small, large] = [scene(72, 24), await resample(scene(72, 24), 75, 25)];
    const [one, other] = [
      await measureLayouts(photo.picture, [small]),
      await measureLayouts(photo.picture, [large]),
    ];
    expect(one.layouts).toEqual(other.layouts);
    expect([one.best, other.best]).toEqual([small, large]);
  });

  it('[RECIPES7] has divergence for a result', async () => {
    const [task] = tasksOf([BASELINE], [photo], { seeds: 1, threads: 1, quick: true });
    if (!task) throw new Error('no task');
    const hyperparameters = { ...task.hyperparameters, optimizer: 'sgd', learningRate: 1e6 } as const;
    const engine = new CompiledEngine('cpu', { threads: 1 });
    const { outcome, picture } = await train({ ...task, hyperparameters }, photo.picture, engine);
    await engine.close();
    expect(outcome).toMatchObject({ kind: 'diverged', scales: [] });
    expect(picture).toBeNull();
  });
});

describe('what is compared', () => {
  it('[RECIPES8] are recipes that change fast, each under a name of its own', () => {
    expect(RECIPES[0]).toBe(BASELINE);
    expect(hyperparametersOf(BASELINE, false)).toEqual(TRAINING_PRESETS.fast);
    expect(new Set(RECIPES.map(({ name }) => name)).size).toBe(RECIPES.length);
    for (const { name } of RECIPES) expect(name).toMatch(/^[a-z0-9.-]+$/);
  });

  it('[RECIPES8] are four photos by default, the examples and a part of one', async () => {
    const sizes = [];
    for (const source of examplePhotos(EXAMPLES)) {
      const { width, height } = await loadPhoto(source);
      sizes.push(`${source.name} ${width}×${height}`);
    }
    expect(sizes).toEqual([
      'mountain-pass 1600×1200',
      'autumn-meadow 1600×1065',
      'dandelions 1600×900',
      'grass 700×525',
    ]);
  });
});
