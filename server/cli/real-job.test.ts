/** The command as it is shipped, with the real job, on real files. Drafts only: they train nothing. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pngClaiming } from '../images/crafted-files.testing.ts';

// Inside the repository, so that the packages are found.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../examples/dandelions.jpg', import.meta.url));

let program: string;
let folder: string;

beforeAll(async () => {
  await mkdir(CACHE, { recursive: true });
  program = await mkdtemp(join(CACHE, 'panorama-real-'));
  await build({
    entryPoints: [fileURLToPath(new URL('../cli.ts', import.meta.url))],
    outdir: program,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Later targets read a kernel's bytes by what this Node may lack.
    target: 'node20',
    loader: { '.wasm': 'binary' },
    packages: 'external',
  });
});

afterAll(() => rm(program, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(program, 'run-'));
});

async function draft(photo: string, ...args: string[]) {
  const child = spawn(
    process.execPath,
    [join(program, 'cli.mjs'), photo, '--preset', 'draft', '--quiet', ...args],
    {
      cwd: folder,
      env: { ...process.env, DATA_DIR: join(folder, 'data') },
    },
  );
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, err };
}

/** A picture of one colour with a square in it. */
function plain(width: number, height: number) {
  const square = { create: { width: 8, height: 8, channels: 3, background: '#24c' } } as const;
  return sharp(canvas(width, height)).composite([{ input: square, left: 4, top: 4 }]);
}

function canvas(width: number, height: number) {
  return { create: { width, height, channels: 3, background: '#c84' } } as const;
}

describe('the panorama command with the real job', () => {
  it.each([
    ['wider', '300x100', 'a.png'],
    ['taller', '60x200', 'a.jpg'],
    ['smaller', '40x16', 'a.webp'],
  ])('[CLI38] makes a draft of exactly the size asked for, %s than the photo', async (_, size, out) => {
    expect(await draft(EXAMPLE, '--size', size, '--out', out)).toEqual({ status: 0, err: '' });
    const { width, height } = await sharp(join(folder, out)).metadata();
    expect(`${width}x${height}`).toBe(size);
    expect(await readdir(folder)).toEqual([out]);
  });

  it('[CLI39] takes CMYK, 16-bit, grey, transparent, animated and turned pictures', async () => {
    const source = await plain(48, 32).png().toBuffer();
    const picture = () => sharp(source);
    const photos = {
      'cmyk.jpg': picture().toColourspace('cmyk').jpeg(),
      'deep.png': picture().toColourspace('rgb16').png(),
      'grey.png': picture().toColourspace('b-w').png(),
      'grey-alpha.png': picture().ensureAlpha(0.5).toColourspace('b-w').png(),
      'turned.jpg': picture().withMetadata({ orientation: 6 }).jpeg(),
      'named-wrongly.txt': picture().gif(),
      'animated.gif': sharp([source, source], { join: { animated: true } }).gif(),
    };
    for (const [name, photo] of Object.entries(photos)) {
      await writeFile(join(folder, name), await photo.toBuffer());
      expect({ name, ...(await draft(name, '--size', '96x32', '--out', `${name}.png`)) }).toEqual({
        name,
        status: 0,
        err: '',
      });
      expect(await sharp(join(folder, `${name}.png`)).metadata()).toMatchObject({ width: 96, height: 32 });
    }
  });

  it('[CLI40] refuses what is not a picture it can use in one line, with status 2, and leaves nothing behind', async () => {
    const whole = await readFile(EXAMPLE);
    const photos: [string, Uint8Array][] = [
      ['got an empty file', new Uint8Array(0)],
      ['got a file of another kind', Buffer.from('Dear diary')],
      ['got one that is damaged or cut short', whole.subarray(0, whole.length / 2)],
      ['got 1×1', await sharp(canvas(1, 1)).png().toBuffer()],
      ['got 20000×20000 (400 megapixels)', pngClaiming(20000, 20000)],
    ];
    for (const [got, bytes] of photos) {
      await writeFile(join(folder, 'photo.jpg'), bytes);
      const { status, err } = await draft('photo.jpg', '--size', '96x32');
      expect([got, status]).toEqual([got, 2]);
      expect(err).toMatch(/^panorama: photo: expected [^\n]+\n$/);
      expect(err).toContain(got);
      expect(await readdir(folder)).toEqual(['photo.jpg']);
    }
  });
});
