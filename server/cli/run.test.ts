import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PanoramaError } from '../../shared/errors.ts';
import { OPTIMIZERS, PRESETS } from '../../shared/hyperparameters.ts';
import { ENGINES, FORMATS, MODES } from '../../shared/request.ts';
import { createPicture } from '../images/picture.ts';
import type { PanoramaEvent } from '../panorama/events.ts';
import type { RunJob } from './job.ts';
import { runCli } from './run.ts';

class TestError extends PanoramaError<'test'> {}

const SIZE = ['--size', '1440x491'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-cli-'));
  await writeFile(join(folder, 'photo.jpg'), 'the photo');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function variant(n: number, text = `variant ${n}`): PanoramaEvent {
  return { type: 'variant', n, width: 1440, height: 491, upscaled: 1, bytes: Buffer.from(text) };
}

/** A job that tells `events`, then ends. */
function telling(...events: PanoramaEvent[]): RunJob {
  return async ({ onEvent }) => {
    for (const event of events) await onEvent(event);
  };
}

const never: RunJob = () => Promise.reject(new Error('the job was started'));

interface Options {
  signal?: AbortSignal;
  isTTY?: boolean;
  env?: Record<string, string>;
  graceMs?: number;
}

async function run(
  argv: string[],
  job: RunJob,
  { signal, isTTY = false, env = {}, graceMs = 5000 }: Options = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runCli(
    argv,
    {
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text), isTTY },
      env,
      platform: 'linux',
      home: folder,
      folder,
      version: '1.2.3',
      signal: signal ?? new AbortController().signal,
      graceMs,
    },
    job,
  );
  return { status, out: out.join(''), err: err.join('') };
}

const files = async () => (await readdir(folder)).sort();
const read = (name: string) => readFile(join(folder, name), 'utf8');

/** The run is refused before the job starts, in one line, and leaves the folder as it was. */
async function expectRefused(argv: string[], line: string): Promise<void> {
  const before = await files();
  expect(await run(argv, never)).toEqual({ status: 2, out: '', err: `panorama: ${line}\n` });
  expect(await files()).toEqual(before);
}

const LOSSES = { discriminator: -0.3, generator: 0.1, reconstruction: 0.02, gradientPenalty: 1.5 };

describe('runCli', () => {
  it('[CLI15] writes the draft first, then the result in its place, and prints paths and sizes', async () => {
    const job: RunJob = async ({ onEvent, photo, models, engine }) => {
      expect(Buffer.from(photo).toString()).toBe('the photo');
      expect([models.place, engine]).toEqual([join(folder, '.cache/panorama-converter/models'), 'auto']);
      await onEvent(variant(0));
      expect(await read('photo-panorama.png')).toBe('variant 0');
      await onEvent(variant(1));
      await onEvent(variant(2));
    };
    expect(await run(['photo.jpg', ...SIZE, '--variants', '2'], job)).toEqual({
      status: 0,
      out: 'photo-panorama.png  1440×491\nphoto-panorama-2.png  1440×491\n',
      err: 'draft: photo-panorama.png\n',
    });
    expect(await files()).toEqual(['photo-panorama-2.png', 'photo-panorama.png', 'photo.jpg']);
    expect(await read('photo-panorama.png')).toBe('variant 1');
    expect(await read('photo-panorama-2.png')).toBe('variant 2');
  });

  it('[CLI16] is done with the draft alone where a draft was asked for', async () => {
    const result = await run(['photo.jpg', ...SIZE, '--preset', 'draft'], telling(variant(0)));
    expect(result).toEqual({ status: 0, out: 'photo-panorama.png  1440×491\n', err: '' });
  });

  it('[CLI17] writes in order and waits for every picture, even where the job does not', async () => {
    const job: RunJob = ({ onEvent }) => {
      for (const n of [0, 1]) void onEvent(variant(n));
      return Promise.resolve();
    };
    expect((await run(['photo.jpg', ...SIZE], job)).status).toBe(0);
    expect(await read('photo-panorama.png')).toBe('variant 1');
  });

  it('[CLI18] tells programs one JSON event a line', async () => {
    const events: PanoramaEvent[] = [
      {
        type: 'progress',
        phase: 'train',
        fraction: 0.25,
        scale: 1,
        scales: 5,
        remaining: { low: 20, high: 30 },
      },
      { type: 'scale', scale: 1, scales: 5, epochs: 300, losses: LOSSES, preview: createPicture(300, 100) },
      variant(1),
    ];
    const { status, out, err } = await run(['photo.jpg', ...SIZE, '--json'], telling(...events));
    const [progress, scale, picture, done, ...more] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect([status, err, more]).toEqual([0, '', []]);
    expect(progress).toEqual(events[0]);
    expect(scale).toMatchObject({ type: 'scale', epochs: 300, losses: LOSSES });
    expect((scale as { preview: string }).preview).toMatch(/^data:image\/webp;base64,UklGR/);
    expect(picture).toEqual({
      type: 'variant',
      n: 1,
      width: 1440,
      height: 491,
      upscaled: 1,
      path: 'photo-panorama.png',
    });
    expect(done).toEqual({ type: 'done', paths: ['photo-panorama.png'] });

    const wrong = await run(['photo.jpg', '--json'], never);
    expect(JSON.parse(wrong.out)).toMatchObject({ type: 'error', code: 'invalid-options' });
    expect(wrong.err).toMatch(/^panorama: --size: .*\n$/);
  });

  it('[CLI19] says nothing but errors with --quiet', async () => {
    const events = [{ type: 'progress', phase: 'train', fraction: 0.25 } as const, variant(0), variant(1)];
    expect(await run(['photo.jpg', ...SIZE, '--quiet'], telling(...events), { isTTY: true })).toEqual({
      status: 0,
      out: '',
      err: '',
    });
  });

  it('[CLI20] draws a bar on a terminal and takes it away at the end', async () => {
    const events = [{ type: 'progress', phase: 'paint', fraction: 0.5 } as const, variant(1)];
    const { err } = await run(['photo.jpg', ...SIZE], telling(...events), { isTTY: true });
    expect(err).toMatch(/painting +█+░+ +50%\r\x1b\[2K$/);
    const dumb = await run(['photo.jpg', ...SIZE], telling(...events), {
      isTTY: true,
      env: { TERM: 'dumb' },
    });
    expect(dumb.err).toBe('painting (50%)\n');
  });

  it("[CLI21] finds what is wrong with the photo's path before any work", async () => {
    await mkdir(join(folder, 'album'));
    await expectRefused(
      ['gone.jpg', ...SIZE],
      `PHOTO: expected a picture at ${folder}/gone.jpg, got no such file`,
    );
    await expectRefused(
      ['photo.jpg/x', ...SIZE],
      `PHOTO: expected a picture at ${folder}/photo.jpg/x, got no such file`,
    );
    await expectRefused(['album', ...SIZE], `PHOTO: expected a picture at ${folder}/album, got a folder`);
    await expectRefused(
      ['/dev/zero', ...SIZE],
      'PHOTO: expected a picture at /dev/zero, got something that is not a file',
    );
    await symlink('loop', join(folder, 'loop'));
    await expectRefused(
      ['loop', ...SIZE],
      `PHOTO: expected a picture at ${folder}/loop, got a file that cannot be read (ELOOP)`,
    );
    await truncate(join(folder, 'photo.jpg'), 3e9);
    await expectRefused(['photo.jpg', ...SIZE], 'photo: expected at most 64 MiB, got 2861.1 MiB');
  });

  it("[CLI22] finds what is wrong with the output's path before any work", async () => {
    await mkdir(join(folder, 'taken.png'));
    await symlink('/dev/null', join(folder, 'null.png'));
    const out = (path: string) => ['photo.jpg', ...SIZE, '--out', path];
    await expectRefused(out('gone/a.png'), `--out: expected a folder at ${folder}/gone, got none`);
    await expectRefused(
      out('photo.jpg/a.png'),
      `--out: expected a folder at ${folder}/photo.jpg, got a file`,
    );
    await expectRefused(out('taken.png'), `--out: expected a file at ${folder}/taken.png, got a folder`);
    await expectRefused(
      out('null.png'),
      `--out: expected a file at ${folder}/null.png, got something that is not a file`,
    );
    const long = `${'a'.repeat(300)}.png`;
    await expectRefused(
      out(long),
      `--out: expected a path that can be written, got ${folder}/${long} (ENAMETOOLONG)`,
    );
  });

  it.skipIf(process.platform !== 'linux')(
    "[CLI23] tries whether the output's folder can be written",
    async () => {
      await expectRefused(
        ['photo.jpg', ...SIZE, '--out', '/proc/a.png'],
        '--out: expected a writable folder, got /proc (ENOENT)',
      );
      if (process.getuid?.() === 0) return;
      await mkdir(join(folder, 'locked'));
      await chmod(join(folder, 'locked'), 0o555);
      await expectRefused(
        ['photo.jpg', ...SIZE, '--out', 'locked/a.png'],
        `--out: expected a writable folder, got ${folder}/locked (EACCES)`,
      );
    },
  );

  it('[CLI24] never writes onto the photo, by any name and as any variant', async () => {
    const refused = (path: string) => `--out: expected a file other than the photo, got ${folder}/${path}`;
    await expectRefused(['photo.jpg', ...SIZE, '--out', './photo.jpg'], refused('photo.jpg'));
    await symlink('photo.jpg', join(folder, 'soft.jpg'));
    await expectRefused(['photo.jpg', ...SIZE, '--out', 'soft.jpg'], refused('soft.jpg'));
    await link(join(folder, 'photo.jpg'), join(folder, 'a-2.jpg'));
    await expectRefused(['photo.jpg', ...SIZE, '--out', 'a.jpg', '--variants', '2'], refused('a-2.jpg'));
  });

  it('[CLI25] exits with 2 where the request was wrong and 1 where the machine failed', async () => {
    const failing =
      (kind: 'request' | 'machine'): RunJob =>
      () =>
        Promise.reject(new TestError('test', kind, 'train: no\nluck'));
    expect(await run(['photo.jpg', ...SIZE], failing('request'))).toMatchObject({
      status: 2,
      err: 'panorama: train: no luck\n',
    });
    expect(await run(['photo.jpg', ...SIZE], failing('machine'))).toMatchObject({
      status: 1,
      err: 'panorama: train: no luck\n',
    });
  });

  it('[CLI26] tells a bug in one line, with its stack only where DEBUG is set', async () => {
    const broken: RunJob = () => Promise.reject(new TypeError('internal: x is\nnot a function'));
    expect(await run(['photo.jpg', ...SIZE], broken)).toMatchObject({
      status: 1,
      err: 'panorama: internal: x is not a function\n',
    });
    expect((await run(['photo.jpg', ...SIZE], broken, { env: { DEBUG: '1' } })).err).toContain('run.test.ts');
    expect((await run(['photo.jpg', ...SIZE], telling())).err).toBe(
      'panorama: internal: the job ended without a picture\n',
    );
  });

  it('[CLI27] ends the job where a picture cannot be written, and leaves nothing half-written', async () => {
    await mkdir(join(folder, 'out'));
    let aborted = false;
    const job: RunJob = async ({ onEvent, signal }) => {
      await rm(join(folder, 'out'), { recursive: true });
      void onEvent(variant(0));
      await new Promise((done) => signal.addEventListener('abort', done));
      aborted = true;
      signal.throwIfAborted();
    };
    const { status, err } = await run(['photo.jpg', ...SIZE, '--out', 'out/a.png'], job);
    expect([status, aborted]).toEqual([1, true]);
    expect(err).toBe(`panorama: write a.png: expected to write 9 bytes in ${folder}/out, got ENOENT\n`);
    expect(await files()).toEqual(['photo.jpg']);
  });

  it('[CLI28] keeps the finished draft when it is interrupted, and says so', async () => {
    const interruption = new AbortController();
    const job: RunJob = async ({ onEvent, signal }) => {
      await onEvent(variant(0));
      interruption.abort();
      signal.throwIfAborted();
    };
    expect(await run(['photo.jpg', ...SIZE], job, { signal: interruption.signal })).toEqual({
      status: 130,
      out: '',
      err: 'draft: photo-panorama.png\npanorama: interrupted; the draft is at photo-panorama.png\n',
    });
    expect(await files()).toEqual(['photo-panorama.png', 'photo.jpg']);
  });

  it('[CLI29] writes nothing after an interruption, and waits for a deaf job no longer than the grace', async () => {
    const interruption = new AbortController();
    const job: RunJob = async ({ onEvent }) => {
      interruption.abort();
      await Promise.resolve(onEvent(variant(0))).catch(() => {});
      await new Promise(() => {});
    };
    expect(await run(['photo.jpg', ...SIZE], job, { signal: interruption.signal, graceMs: 50 })).toEqual({
      status: 130,
      out: '',
      err: 'panorama: interrupted; nothing was written\n',
    });
    expect(await files()).toEqual(['photo.jpg']);
  });

  it('[CLI30] says what is finished where it fails after the draft or a variant', async () => {
    const failing: RunJob = async ({ onEvent }) => {
      await onEvent(variant(0));
      throw new TestError('test', 'machine', 'train: expected memory, got none');
    };
    expect((await run(['photo.jpg', ...SIZE, '--json'], failing)).err).toBe(
      'panorama: train: expected memory, got none; the draft is at photo-panorama.png\n',
    );
  });

  it("[CLI31] follows a link at the output's path, so that it stays a link", async () => {
    await writeFile(join(folder, 'real.png'), 'old');
    await symlink('real.png', join(folder, 'a.png'));
    expect((await run(['photo.jpg', ...SIZE, '--out', 'a.png'], telling(variant(1)))).status).toBe(0);
    expect(await read('real.png')).toBe('variant 1');
    await symlink('new.png', join(folder, 'b.png'));
    expect((await run(['photo.jpg', ...SIZE, '--out', 'b.png'], telling(variant(1)))).status).toBe(0);
    expect(await read('new.png')).toBe('variant 1');
    await symlink('nowhere/new.png', join(folder, 'c.png'));
    await expectRefused(
      ['photo.jpg', ...SIZE, '--out', 'c.png'],
      `--out: expected a folder at ${folder}/nowhere, got none`,
    );
    await symlink('d.png', join(folder, 'd.png'));
    await expectRefused(
      ['photo.jpg', ...SIZE, '--out', 'd.png'],
      `--out: expected a path that can be written, got ${folder}/d.png (ELOOP)`,
    );
  });

  it('[CLI41] finds before any work where trained models cannot be kept', async () => {
    const kept = async (DATA_DIR: string, ...args: string[]) => {
      const job = args.length === 0 ? never : telling(variant(0));
      const { status, err } = await run(['photo.jpg', ...SIZE, ...args], job, { env: { DATA_DIR } });
      return [status, err.replace('panorama: models: expected ', '')];
    };
    expect(await kept('photo.jpg/a')).toEqual([
      1,
      `a folder at ${folder}/photo.jpg, got a file; DATA_DIR chooses another place\n`,
    ]);
    expect(await kept('photo.jpg/a', '--preset', 'draft')).toEqual([0, '']);
    expect(await files()).toEqual(['photo-panorama.png', 'photo.jpg']);
    if (process.platform !== 'linux') return;
    expect(await kept('/proc/none')).toEqual([
      1,
      'to make /proc/none/models, got ENOENT in /proc; DATA_DIR chooses another place\n',
    ]);
  });

  it('[CLI42] says once by how much the photo is enlarged', async () => {
    const enlarged = (n: number, upscaled: number) => ({ ...variant(n), upscaled });
    const { err } = await run(['photo.jpg', ...SIZE], telling(enlarged(0, 3.51), enlarged(1, 3.51)));
    expect(err).toMatch(/^the photo is enlarged 3\.5 times [^\n]+\ndraft: photo-panorama\.png\n$/);
    expect((await run(['photo.jpg', ...SIZE], telling(enlarged(0, 1.04)))).err).not.toContain('enlarged');
  });

  it('[CLI43] keeps what names hold from steering the terminal', async () => {
    await expectRefused(
      ['photo.jpg', '--a\u001b[31m'],
      '--a?[31m: unknown option; panorama --help lists them',
    );
    await expectRefused(
      ['no\u001b[2J\u009b\nne.jpg', ...SIZE],
      `PHOTO: expected a picture at ${folder}/no?[2J? ne.jpg, got no such file`,
    );
  });

  it('[CLI32] prints the version and a help that names every option and nothing else', async () => {
    expect(await run(['--version'], never)).toEqual({ status: 0, out: '1.2.3\n', err: '' });
    const { status, out } = await run(['--help'], never);
    expect(status).toBe(0);
    const named = [...new Set(out.match(/--[a-z-]+/g))].sort();
    expect(named).toMatchInlineSnapshot(`
      [
        "--anchor",
        "--engine",
        "--epochs",
        "--format",
        "--help",
        "--json",
        "--learning-rate",
        "--max-size",
        "--mode",
        "--optimizer",
        "--out",
        "--preset",
        "--quiet",
        "--seed",
        "--server",
        "--size",
        "--token",
        "--variants",
        "--version",
        "--zoom",
      ]
    `);
    for (const name of [...MODES, ...PRESETS, ...FORMATS, ...OPTIMIZERS, ...ENGINES])
      expect(out).toContain(name);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
