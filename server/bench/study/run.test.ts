import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePicture } from '../../images/encode.ts';
import { scene } from '../quality/pictures.testing.ts';
import { recordOutputs } from '../record-outputs.testing.ts';
import { runStudy } from './run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'study-'));
  await writeFile(join(folder, 'photo.png'), await encodePicture(scene(24, 24), 'png'));
  await writeFile(join(folder, 'notes.txt'), 'Dear diary');
  await writeFile(join(folder, 'blocked-kept'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line; `interruptAt` is what standard error says when Ctrl-C is pressed. */
async function run(argv: readonly string[], interruptAt?: string) {
  const { said, ...outputs } = recordOutputs(interruptAt);
  const status = await runStudy(argv, {
    ...outputs,
    folder,
    version: '0',
    machine: 'a machine',
  });
  return { status, ...said };
}

const SMALL = [
  'photo.png',
  '--preset',
  'fast',
  '--epochs',
  '100',
  '--max-size',
  '100',
  '--out',
  'study.html',
  '--engine',
  'cpu',
];
const TWO = [...SMALL, '--size', '64x32', '--optimizer', 'adam,sgd'];

const keptFolder = () => join(folder, 'study-kept', 'cpu');
const results = async () => (await readdir(keptFolder())).filter((name) => name.endsWith('.json')).toSorted();

describe('npm run study', () => {
  it.each([
    [[], /PHOTO: expected the path of a picture, got nothing/],
    [['gone.jpg'], /gone\.jpg, got no such file/],
    [['notes.txt'], /got a file of another kind/],
    [['photo.png', 'photo.png'], /expected one picture, got 2/],
    [['photo.png', '--epochs', '150'], /--epochs: expected one of 100.*got 150/],
    [['photo.png', '--epochs', '100,'], /--epochs: expected one of 100.*got ""/],
    [['photo.png', '--epochs', '100,100'], /--epochs: expected each value once, got 100 twice/],
    [['photo.png', '--max-size', 'large'], /--max-size: expected one of.*got "large"/],
    [['photo.png', '--optimizer', 'adam,lion'], /--optimizer: expected one of.*got "lion"/],
    [['photo.png', '--preset', 'draft'], /--preset: expected one of classic, fast, got "draft"/],
    [['photo.png', '--mode', 'tile'], /--mode: expected one of.*got "tile"/],
    [['photo.png', '--engine', 'steam'], /--engine: expected one of.*got "steam"/],
    [['photo.png', '--seed', '-1'], /--seed/],
    [['photo.png', '--seed', '1', '--seed', '2'], /--seed: expected once, got it twice/],
    [['photo.png', '--learning-rate', '5'], /--learning-rate: expected a number/],
    [['photo.png', '--size', '64'], /--size: expected WIDTHxHEIGHT/],
    [['photo.png', '--size', '1x1'], /--size: width: expected a whole number/],
    [
      ['photo.png', '--size', '64x64'],
      /--size: expected a frame that the photo \(24×24\) does not fill.*64×64/,
    ],
    [['photo.png', '--out', 'study.png'], /--out: expected a name that ends in \.html/],
    [['photo.png', '--out', 'no/where.html'], /--out: expected a folder/],
    [['photo.png', '--out', 'blocked.html'], /--out: expected to make the folder .*blocked-kept/],
    [['photo.png', '--fast'], /--fast/],
    [['photo.png', '--out'], /--out/],
  ])('[STUDY1] refuses %j in one line with status 2, before any work', async (argv, message) => {
    const before = await readdir(folder);
    const { status, err, out } = await run(argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^study: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });

  it('[STUDY2] answers --help whatever else is given', async () => {
    const { status, out, err } = await run(['--epochs', 'many', '--help']);
    expect([status, err]).toEqual([0, '']);
    for (const word of ['--epochs', '--max-size', '--optimizer', '--quick', 'nadam', '130'])
      expect(out).toContain(word);
  });

  it('[STUDY4] tells before a long study how many combinations there are, the time, and how to ask for less', async () => {
    const { status, err } = await run(['photo.png'], 'scale 1');
    expect(status).toBe(130);
    expect(await readdir(join(folder, 'out'))).toEqual(['study-photo-kept']);
    const [first, second, third] = err.split('\n');
    expect(first).toMatch(
      /^study: 140 combinations \(preset classic, 1440×480\); about .* (hours|days) on two cores$/,
    );
    expect(second).toMatch(/--quick.*--epochs.*--max-size.*--optimizer/);
    expect(third).toMatch(/1 of 140: Adam, 100 epochs, 150 px: scale 1 of/);
  });

  it('[STUDY5] interrupted, keeps what is finished, with status 130', async () => {
    const { status, out, err } = await run(TWO, 'SGD, 100 epochs, 100 px: scale 2');
    expect([status, out]).toEqual([130, '']);
    expect(err.trimEnd().split('\n').at(-1)).toBe(
      'study: interrupted; 1 of 2 combinations finished and kept, the same command goes on from there',
    );
    expect(await results()).toEqual([expect.stringMatching(/^adam-100-100-/)]);
    expect(await readFile(join(folder, 'study.html'), 'utf8')).toContain('1 finished so far');
    expect((await readdir(join(keptFolder(), 'models'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('[STUDY6] goes on with what is missing, from the last finished scale', async () => {
    const { status, out, err } = await run(TWO);
    expect(status).toBe(0);
    expect(err).toContain('2 combinations (preset fast, 64×32), 1 of them finished already');
    expect(err).not.toContain('Adam');
    expect(err).not.toContain('scale 1');
    expect(err).toContain('2 of 2: SGD, 100 epochs, 100 px: scale 2 of 2');
    expect(out.match(/^\| (Adam|SGD) /gm)).toEqual(['| Adam ', '| SGD ']);
    const [adam = '', sgd = ''] = await results();
    for (const name of [adam, sgd]) {
      const { kind, scales } = JSON.parse(await readFile(join(keptFolder(), name), 'utf8')) as {
        kind: string;
        scales: { epochs: number; seconds: number }[];
      };
      expect([kind, scales.map(({ epochs }) => epochs)]).toEqual(['finished', [100, 50]]);
      expect(scales.every(({ seconds }) => seconds > 0)).toBe(true);
    }
    const html = await readFile(join(folder, 'study.html'), 'utf8');
    expect(html).toContain('2 combinations, all finished');
    expect(html.match(/src="data:image\/webp;base64,/g)).toHaveLength(5);
  });

  it('[STUDY7] makes a result that was cut off anew, and another frame, without training again', async () => {
    const [adam = ''] = await results();
    const path = join(keptFolder(), adam);
    const whole = JSON.parse(await readFile(path, 'utf8')) as { sample: { figures: object; image: string } };
    await writeFile(path, (await readFile(path)).subarray(0, 1000));
    const again = await run(TWO);
    expect([again.status, again.err.includes('scale')]).toEqual([0, false]);
    const made = JSON.parse(await readFile(path, 'utf8')) as typeof whole;
    expect(made.sample.figures).toEqual(whole.sample.figures);
    expect(made.sample.image).toBe(whole.sample.image);

    const other = await run([...SMALL, '--size', '24x32', '--optimizer', 'sgd']);
    expect([other.status, other.err.includes('scale')]).toEqual([0, false]);
    expect(await results()).toHaveLength(3);
  });

  it('[STUDY8] a training that diverges is a result, and the study goes on', async () => {
    const argv = [...SMALL, '--size', '64x32', '--optimizer', 'sgd', '--learning-rate', '0.1'];
    const { status, out, err } = await run(argv);
    expect(status).toBe(0);
    expect(err).toContain('SGD, 100 epochs, 100 px: diverged');
    expect(out).toContain('| SGD | 100 | 100 | diverged |');
    expect(await readFile(join(folder, 'study.html'), 'utf8')).toMatch(
      /1 of them diverged.*Diverged at scale 1/s,
    );
    expect((await run(argv)).err).toContain('1 of them finished already');
  });
});
