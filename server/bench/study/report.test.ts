import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../plugin/web/browser.testing.ts';
import { encodePicture } from '../../images/encode.ts';
import { FIGURES, type Figures } from '../quality/measure.ts';
import { scene } from '../quality/pictures.testing.ts';
import { axis } from '../report/axis.ts';
import { duration } from '../report/numbers.ts';
import { chart } from './chart.ts';
import {
  combinationsOf,
  difference,
  expectedSeconds,
  QUICK,
  STUDY,
  taskFor,
  type Combination,
  type Grid,
} from './grid.ts';
import type { Outcome, View } from './kept.ts';
import { parseOptions } from './options.ts';
import { report } from './report.ts';
import { figuresOf, markdown, TIME_AND_LOSSES, type Run } from './results.ts';
import { createThumbnails } from './thumbnails.ts';

const image = Buffer.from(await encodePicture(scene(48, 16), 'webp')).toString('base64');

function view(value: number): View {
  const figures = Object.fromEntries(FIGURES.map(({ name }) => [name, value])) as unknown as Figures;
  return { figures: { ...figures, seam: null }, width: 48, height: 16, seconds: value, image };
}

function outcome(value: number, machine = 'a machine'): Outcome {
  const losses = {
    discriminator: -value,
    generator: value,
    reconstruction: value / 100,
    gradientPenalty: 0.5,
  };
  const scales = [25, 50].map((width) => ({ width, height: 20, epochs: 100, seconds: value, losses }));
  return { kind: 'finished', scales, sample: view(2 * value), panorama: view(value), machine };
}

const setting = {
  preset: 'classic',
  frame: { width: 48, height: 16 },
  mode: 'extend',
  learningRate: null,
  seed: 1,
} as const;

function runOf(grid: Grid, of: (combination: Combination, index: number) => Outcome): Run {
  const combinations = combinationsOf(grid);
  return {
    photo: '<b>lake</b>.jpg',
    photoImage: `data:image/webp;base64,${image}`,
    setting,
    grid,
    engine: 'cpu',
    version: '0',
    results: combinations.map((combination, index) => ({ combination, outcome: of(combination, index) })),
    count: combinations.length,
    notes: ['Left out: a < b.'],
  };
}

describe('the grid', () => {
  it('[STUDY3] is the parent study’s with two optimizers more, short trainings first', () => {
    const all = combinationsOf(STUDY);
    expect(all).toHaveLength(10 * 2 * 7);
    expect(new Set(all.map((combination) => JSON.stringify(combination))).size).toBe(140);
    expect(all.map(({ epochs }) => epochs)).toEqual(
      all.map(({ epochs }) => epochs).toSorted((a, b) => a - b),
    );
    expect(parseOptions(['a.jpg'])).toMatchObject({ grid: STUDY, setting: { preset: 'classic', seed: 1 } });
  });

  it('[STUDY3] is what its options ask for, a quick one’s the rest of its own', () => {
    const argv = [
      'a.jpg',
      '--epochs',
      '300',
      '--max-size',
      '100,250',
      '--optimizer',
      'radam',
      '--preset',
      'fast',
    ];
    expect(parseOptions([...argv, '--seed', '7', '--size', '90x80', '--mode', 'reimagine'])).toMatchObject({
      grid: { epochs: [300], maxSizes: [100, 250], optimizers: ['radam'] },
      setting: { preset: 'fast', seed: 7, frame: { width: 90, height: 80 }, mode: 'reimagine' },
    });
    expect(parseOptions(['a.jpg', '--quick', '--epochs', '500'])).toMatchObject({
      grid: { ...QUICK.fast, epochs: [500] },
      setting: { preset: 'fast', frame: { width: 720, height: 240 } },
    });
    expect(parseOptions(['a.jpg', '--quick', '--preset', 'classic'])).toMatchObject({ grid: QUICK.classic });
  });

  it('[STUDY3] says what of the study is left out, and what is not in it', () => {
    expect(difference(STUDY)).toBeNull();
    const grid: Grid = { ...STUDY, maxSizes: [100, 200], optimizers: ['adam'] };
    expect(difference(grid)).toBe(
      'Left out of the study: max size 150; optimizers Adamax, AdamW, SGD, ASGD, NAdam, RAdam. Not in the study: max size 100.',
    );
  });

  it('[STUDY9] trains and samples by its seed and learning rate, and plans more for more', () => {
    const photo = { width: 400, height: 300 };
    const task = (epochs: number, maxSize: number, seed = 1) => {
      const combination = { epochs, maxSize, optimizer: 'adam' } as const;
      const frame = { width: 480, height: 160 };
      const made = taskFor(photo, { ...setting, frame, seed, learningRate: 0.002 }, combination);
      if (!made) throw new Error('nothing to train');
      return made;
    };
    const made = task(200, 150, 9);
    expect(made.hyperparameters).toMatchObject({
      epochs: 200,
      maxSize: 150,
      seed: 9,
      learningRate: 0.002,
      normalization: 'batch',
    });
    expect(made.plan.hyperparameters).toEqual(made.hyperparameters);
    expect(made.request.seed).toBe(9);
    expect(expectedSeconds(task(200, 150))).toBeGreaterThan(expectedSeconds(task(100, 150)));
    expect(expectedSeconds(task(100, 200))).toBeGreaterThan(expectedSeconds(task(100, 150)));
    expect(taskFor(photo, setting, made.combination)).not.toBeNull();
    expect(taskFor(photo, { ...setting, frame: { width: 40, height: 30 } }, made.combination)).toBeNull();
  });

  it('[STUDY4] tells times in words', () => {
    expect([0.2, 40, 700, 9000, 90_000, 500_000].map(duration)).toEqual([
      '1 s',
      '40 s',
      '12 min',
      '2.5 hours',
      '25 hours',
      '5.8 days',
    ]);
  });
});

describe('the report', () => {
  const grid: Grid = { epochs: [100, 200], maxSizes: [150, 200], optimizers: ['adam', 'sgd', 'nadam'] };
  const run = runOf(grid, (_, index) =>
    index === 4
      ? { kind: 'diverged', scales: outcome(1).scales.slice(1), message: 'a < b', machine: 'another machine' }
      : outcome(index + 1),
  );

  it('[STUDY10] is one file that loads nothing, with every combination, measure and picture in it, names as text', async () => {
    const html = await report(run, createThumbnails(24));
    expect(html.match(/(?:src|href)="(?!#|data:image\/webp;base64,)/g)).toBeNull();
    expect(html).not.toMatch(/url\(|@import|https?:/);
    expect(html).not.toContain('<b>lake');
    expect(html).toContain('Left out: a &#60; b.');
    expect(html).toContain('a machine; another machine');
    expect(html.match(/<img /g)).toHaveLength(1 + 2 * 11);
    expect(html.match(/<tr class="of-/g)).toHaveLength(3 * 12 + 11 * 2 + 2);
    expect(html).toContain('Diverged at scale 2');
    for (const { label } of [...TIME_AND_LOSSES, ...FIGURES]) expect(html).toContain(label);
    expect(html).toContain('prefers-color-scheme: dark');
    const [, , ...rows] = markdown(run).trimEnd().split('\n');
    expect(rows).toHaveLength(12);
    expect(rows[0]).toMatch(/^\| Adam \| 100 \| 150 \| 2\.0 \| 3\.0 \| 0\.0100 \| 2\.00 /);
  });

  it('[STUDY10] leaves out what no result has, and says how many are finished so far', async () => {
    const some: Run = { ...run, results: run.results.slice(0, 2) };
    const html = await report(some, createThumbnails(24));
    expect(html).toContain('12 combinations, 2 finished so far');
    expect(html).not.toContain('<button>Seam</button>');
    expect(await report({ ...run, results: [] }, createThumbnails(24))).toContain('0 finished so far');
  });

  it('[STUDY11] draws a line for each optimizer over the epochs, in a panel for each size, all dots inside', () => {
    const [measure] = figuresOf('panorama');
    const drawn = chart(measure!, run.results);
    expect(drawn.match(/class="line"/g)).toHaveLength(2 * 3);
    expect(drawn.match(/<circle/g)).toHaveLength(11);
    expect(drawn.match(/\d+ px<\/text>/g)).toEqual(['150 px</text>', '200 px</text>']);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(drawn)!.map(Number);
    for (const [, x, y] of drawn.matchAll(/cx="([-\d.]+)" cy="([-\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThan(0);
      expect(Number(x)).toBeLessThan(width!);
      expect(Number(y)).toBeGreaterThan(0);
      expect(Number(y)).toBeLessThan(height!);
    }
  });

  it('[STUDY11] names lines at their ends without overlap, and takes rows where there is one number of epochs', () => {
    const close = runOf({ ...grid, optimizers: STUDY.optimizers }, () => outcome(3));
    const [measure] = figuresOf('sample');
    const names = [...chart(measure!, close.results).matchAll(/class="name" x="[\d.]+" y="([\d.]+)"/g)].map(
      ([, y]) => Number(y),
    );
    expect(names).toHaveLength(7);
    const sorted = names.toSorted((a, b) => a - b);
    expect(sorted.slice(1).every((y, i) => y - sorted[i]! >= 11)).toBe(true);
    const single = runOf({ ...grid, epochs: [100] }, () => outcome(3));
    expect(chart(measure!, single.results)).not.toContain('class="line"');
    expect(chart(measure!, single.results).match(/<circle/g)).toHaveLength(6);
    expect(chart(measure!, [])).toBe('');
  });

  it('[STUDY11] has axes that hold every value between round ticks', () => {
    const value = fc.double({ min: -500, max: 500, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const { x, ticks } = axis(Math.max(a, b, 0), 10, 110, Math.min(a, b));
        for (const at of [a, b, 0]) {
          expect(x(at)).toBeGreaterThanOrEqual(9.9);
          expect(x(at)).toBeLessThanOrEqual(110.1);
        }
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect([x(ticks[0]!), x(ticks.at(-1)!)]).toEqual([10, 110]);
      }),
    );
  });

  it('[STUDY12] sorts a table at a click on a heading, what has no value last', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'study-report-'));
    const browser = await launchBrowser();
    try {
      const path = join(folder, 'study.html');
      await writeFile(path, await report(run, createThumbnails(24)));
      const page = await browser.newPage();
      const failures: string[] = [];
      page.on('pageerror', (error) => failures.push(error.message));
      await page.goto(pathToFileURL(path).href);
      const table = page.locator('#training ~ .scroll table');
      const seconds = async () => table.locator('tbody tr td:nth-child(4)').allTextContents();
      await table.getByRole('button', { name: 'Training' }).click();
      const ascending = await seconds();
      await table.getByRole('button', { name: 'Training' }).click();
      const descending = await seconds();
      const numbers = run.results.flatMap(({ outcome: { kind } }, i) =>
        kind === 'finished' ? [2 * (i + 1)] : [],
      );
      expect(ascending).toEqual([...numbers.map((n) => n.toFixed(1)), '–']);
      expect(descending).toEqual([...numbers.toReversed().map((n) => n.toFixed(1)), '–']);
      expect(failures).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(wider).toBe(false);
    } finally {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
