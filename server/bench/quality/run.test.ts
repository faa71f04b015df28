import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePicture } from '../../images/encode.ts';
import { findContentAware } from './content-aware.ts';
import { FIGURES, type Figures } from './measure.ts';
import { mirrored } from './mirror.ts';
import { frameOf, parseOptions } from './options.ts';
import { pixel } from '../../images/pictures.testing.ts';
import { recordOutputs } from '../record-outputs.testing.ts';
import { scene } from './pictures.testing.ts';
import { report } from './report.ts';
import { bestOf, goals, markdown, type Result } from './results.ts';
import { runQuality } from './run.ts';
import { median } from '../report/numbers.ts';
import { thumbnail } from '../report/thumbnails.ts';
import type { WayName } from './ways.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quality-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { said, ...outputs } = recordOutputs();
  const status = await runQuality(argv, {
    ...outputs,
    env: { DATA_DIR: join(folder, 'data') },
    platform: 'linux',
    home: folder,
    folder,
    examples: folder,
    version: '0',
    machine: 'a machine',
  });
  return { status, ...said };
}

function results(photo: string, figures: Partial<Record<WayName, Partial<Figures>>>): Result[] {
  const shape = { name: '3:1', frame: { width: 60, height: 20 } };
  const none = Object.fromEntries(FIGURES.map(({ name }) => [name, null])) as unknown as Figures;
  return Object.entries(figures).map(([way, own]) => ({
    photo,
    shape,
    way: way as WayName,
    figures: { ...none, ...own },
    seconds: 1,
    trainSeconds: null,
    image: 'data:,',
  }));
}

describe('npm run quality', () => {
  it.each([
    [['gone.jpg'], /gone\.jpg, got no such file/],
    [['.'], /got a folder/],
    [['notes.txt'], /got a file of another kind/],
    [['photo.png', '--shapes', '3x1'], /--shapes: expected shapes such as 3:1.*got "3x1"/],
    [['photo.png', '--shapes', '0:1'], /--shapes/],
    [['photo.png', '--shapes', '30:1'], /at most 10:1/],
    [['photo.png', '--shapes', '3:1,3:1'], /3:1 twice/],
    [['photo.png', '--out', 'x.png'], /--out: expected a name that ends in \.html/],
    [['photo.png', '--out', 'no/where.html'], /--out: expected a folder/],
    [['photo.png', '--fast'], /--fast/],
    [['photo.png', '--out'], /--out/],
  ])('[QUAL15] refuses %j in one line with status 2, before any work', async (argv, message) => {
    await writeFile(join(folder, 'photo.png'), await encodePicture(scene(64, 48), 'png'));
    await writeFile(join(folder, 'notes.txt'), 'Dear diary');
    const { status, err, out } = await run(...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^quality: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect((await readdir(folder)).filter((name) => name.endsWith('.html'))).toEqual([]);
  });

  it('[QUAL16] gives every shape a frame of about the same area in multiples of 4 px', () => {
    expect(frameOf('3:1', 1440 * 480)).toEqual({ width: 1440, height: 480 });
    expect(parseOptions(['--quick']).shapes[0]).toEqual({ name: '3:1', frame: { width: 720, height: 240 } });
    const side = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(side, side, (across, down) => {
        fc.pre(across <= 10 * down && down <= 10 * across);
        const { width, height } = frameOf(`${across}:${down}`, 691_200);
        expect([width % 4, height % 4]).toEqual([0, 0]);
        expect(Math.abs((width * height) / 691_200 - 1)).toBeLessThan(0.02);
      }),
    );
  });

  it('[QUAL17] leaves content-aware scaling out where no ImageMagick with liblqr is installed', async () => {
    expect(await findContentAware(['no-such-command', process.execPath])).toBeNull();
  });

  it('[QUAL18] mirrors the photo at its edges, the photo itself unchanged', () => {
    const photo = scene(30, 20);
    const picture = mirrored(photo, { width: 100, height: 50 }, { x: 35, y: 10, width: 30, height: 20 });
    expect(pixel(picture, 35, 10)).toEqual(pixel(photo, 0, 0));
    expect(pixel(picture, 34, 9)).toEqual(pixel(photo, 0, 0));
    expect(pixel(picture, 65, 30)).toEqual(pixel(photo, 29, 19));
    expect(pixel(picture, 0, 20)).toEqual(pixel(photo, 25, 10));
  });
});

describe('the report', () => {
  const figures = {
    swd: 1,
    completeness: 3,
    shift: 0.3,
    reflection: 0.4,
    detail: 0.95,
    seam: 40,
    coherence: 2,
  };
  const mirror = { swd: 0.8, completeness: 1, shift: 0.2, reflection: 0.99, detail: 1, seam: 0 };
  const gan = { swd: 5, completeness: 9, shift: 0.5, reflection: 0.6, detail: 0.2, coherence: 8 };
  const all = [
    ...results('meadow', { extend: figures, mirror, gan }),
    ...results('<b>lake</b>', { extend: { ...figures, detail: 0.7 }, mirror, gan }),
  ];

  it('[QUAL19] counts over the photos how often the goals are reached, and names those that miss them', () => {
    const found = goals(all).map(({ reached, of, missed }) => [reached, of, missed.length]);
    expect(found).toEqual([
      [2, 2, 0],
      [2, 2, 0],
      [2, 2, 0],
      [0, 2, 2],
      [1, 2, 1],
      [2, 2, 0],
    ]);
    expect(goals(results('alone', { extend: figures }))[0]).toMatchObject({ of: 0 });
  });

  it('[QUAL19] takes medians, without what is missing, and marks the best as shown', () => {
    expect([median([3, 1, 2]), median([4, null, 1]), median([null])]).toEqual([2, 2.5, null]);
    const detail = FIGURES.find(({ name }) => name === 'detail')!;
    const values = new Map<WayName, number | null>([
      ['mirror', 1.001],
      ['extend', 0.999],
      ['gan', 0.2],
      ['draft', null],
    ]);
    expect([...bestOf(detail, values)]).toEqual(['mirror', 'extend']);
  });

  it('[QUAL20] is one file that loads nothing, with every picture, figure and name in it, names as text', async () => {
    const image = await thumbnail(scene(96, 32), 1);
    const html = report({
      results: all.map((result) => ({ ...result, image })),
      classic: false,
      version: '0',
      machine: 'a machine',
      notes: ['Left out: a < b.'],
    });
    expect(html.match(/(?:src|href)="(?!#|data:image\/webp;base64,)/g)).toBeNull();
    expect(html).not.toMatch(/url\(|@import|https?:/);
    expect(html.split(image)).toHaveLength(all.length + 1);
    for (const { label } of FIGURES) expect(html).toContain(label);
    expect(html).not.toContain('<b>lake');
    expect(html).toContain('Left out: a &#60; b.');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(markdown({ results: all, classic: false, version: '', machine: '', notes: [] })).toContain(
      '| Extend | 1.00 |',
    );
  });

  it('[QUAL20] keeps its pictures within a budget of bytes', async () => {
    const picture = scene(600, 400);
    const [one, many] = [await thumbnail(picture, 1), await thumbnail(picture, 300)];
    expect(many.length).toBeLessThan(one.length);
    expect(many.length).toBeLessThan(1.5 * (14e6 / 300));
  });
});
