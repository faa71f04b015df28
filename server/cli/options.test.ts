import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { UsageError } from './errors.ts';
import { parseCommand, variantPath } from './options.ts';

function run(...args: string[]) {
  const command = parseCommand(['photos/alp.jpg', '--size', '1440x491', ...args]);
  if (command.name !== 'run') throw new Error(`got ${command.name}`);
  return command;
}

/** What the command line is refused for; '' where it is not. */
function refusal(...argv: string[]): string {
  try {
    parseCommand(argv);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
}

const sized = (...more: string[]) => refusal('alp.jpg', '--size', '1440x491', ...more);

describe('parseCommand', () => {
  it("[CLI1] needs a photo and a size, and leaves the rest to the request's defaults", () => {
    expect(run()).toEqual({
      name: 'run',
      photoPath: 'photos/alp.jpg',
      outPath: 'alp-panorama.png',
      request: requireRequest({ width: 1440, height: 491 }),
      place: { name: 'here', engine: 'auto' },
      report: 'progress',
    });
    expect(refusal()).toBe('PHOTO: expected the path of a picture, got nothing; panorama --help shows how');
    expect(refusal('alp.jpg')).toBe('--size: expected WIDTHxHEIGHT such as 1440x491, got nothing');
    expect(refusal('a.jpg', 'b.jpg', '--size', '64x64')).toBe('PHOTO: expected one picture, got 2');
  });

  it('[CLI2] sets every field of the request by its flag', () => {
    const args =
      '--mode retarget --anchor 0,1 --zoom 1.5 --preset classic --epochs 500 --max-size 150 --optimizer radam ' +
      '--learning-rate 1e-3 --seed 42 --variants 3 --engine cpu --format webp --json';
    expect(run(...args.split(' '))).toMatchObject({
      outPath: 'alp-panorama.webp',
      place: { name: 'here', engine: 'cpu' },
      report: 'json',
      request: {
        mode: 'retarget',
        anchor: { x: 0, y: 1 },
        zoom: 1.5,
        preset: 'classic',
        training: { epochs: 500, maxSize: 150, optimizer: 'radam', learningRate: 0.001 },
        seed: 42,
        variants: 3,
        format: 'webp',
      },
    });
    expect(run('--quiet').report).toBe('quiet');
  });

  it('[CLI3] names the flag, what it expected and what it got', () => {
    const size = (text: string) => refusal('alp.jpg', '--size', text);
    for (const text of ['abc', '1440', '1440x', 'x491', '1x2x3']) {
      expect(size(text)).toBe(`--size: expected WIDTHxHEIGHT such as 1440x491, got "${text}"`);
    }
    expect(size('0x491')).toBe('--size: width: expected a whole number from 16 to 8192, got 0');
    expect(size('-5x491')).toBe('--size: width: expected a whole number from 16 to 8192, got -5');
    expect(size('1440x15')).toBe('--size: height: expected a whole number from 16 to 8192, got 15');
    expect(size('8193xabc')).toBe(
      '--size: width: expected a whole number from 16 to 8192, got 8193; ' +
        '--size: height: expected a whole number from 16 to 8192, got "abc"',
    );
    expect(size('0x40x100')).toMatch(/^--size: expected WIDTHxHEIGHT/);
    expect(sized('--epochs', '150')).toMatch(/^--epochs: expected one of 100, .*2000, got 150$/);
    expect(sized('--epochs', '0')).toMatch(/got 0$/);
    expect(sized('--optimizer', 'lion')).toMatch(/^--optimizer: expected one of adam, .*, got "lion"$/);
    expect(sized('--preset', 'best')).toBe(
      '--preset: expected one of draft, fast, classic, paper, got "best"',
    );
    expect(sized('--learning-rate', '1')).toBe(
      '--learning-rate: expected a number from 0.00001 to 0.1, got 1',
    );
    expect(sized('--engine', 'gpu')).toBe(
      '--engine: expected one of auto, cpu, webgpu, cuda, tensorflow, got "gpu"',
    );
    expect(sized('--anchor', '0.5')).toBe('--anchor: expected X,Y such as 0.5,0.5, got "0.5"');
    expect(sized('--anchor', '-0.5,2')).toBe(
      '--anchor: x: expected a number from 0 to 1, got -0.5; --anchor: y: expected a number from 0 to 1, got 2',
    );
  });

  it('[CLI4] refuses unknown options, missing values and options given twice', () => {
    expect(sized('--colour', 'red')).toBe('--colour: unknown option; panorama --help lists them');
    expect(sized('-x')).toBe('-x: unknown option; panorama --help lists them');
    expect(sized('--out')).toBe('--out: expected a value, got nothing');
    expect(sized('--out', '--json')).toBe('--out: expected a value, got the option --json');
    expect(sized('--json=yes')).toBe('--json: expected no value, got "yes"');
    expect(sized('--size', '64x64')).toBe('--size: expected once, got it twice');
  });

  it('[CLI5] refuses flags that contradict each other', () => {
    expect(sized('--json', '--quiet')).toBe('--quiet: expected none with --json, got both');
    expect(sized('--preset', 'draft', '--epochs', '300')).toBe(
      '--epochs: expected none with preset draft, which trains nothing, got 300',
    );
    expect(sized('--out', 'a.jpg', '--format', 'png')).toBe(
      '--format: expected jpeg or none with --out a.jpg, got "png"',
    );
  });

  it('[CLI6] takes the format from --format, else from the extension of --out, else PNG', () => {
    expect(run('--out', 'x/a.JPG').request.format).toBe('jpeg');
    expect(run('--out', 'a.jpeg', '--format', 'jpeg').request.format).toBe('jpeg');
    expect(run('--format', 'jpeg').outPath).toBe('alp-panorama.jpg');
    expect(run('--out', 'noname', '--format', 'webp')).toMatchObject({
      outPath: 'noname',
      request: { format: 'webp' },
    });
    for (const out of ['a.gif', 'noname', '-']) {
      expect(sized('--out', out)).toBe(
        `--out: expected a name that ends in one of .png, .jpg, .jpeg, .webp, got "${out}"`,
      );
    }
    expect(sized('--format', 'gif')).toBe('--format: expected one of png, jpeg, webp, got "gif"');
  });

  it('[CLI7] answers --help and --version whatever else is given', () => {
    expect(parseCommand(['--help', '--json', '--quiet'])).toEqual({ name: 'help' });
    expect(parseCommand(['-h'])).toEqual({ name: 'help' });
    expect(parseCommand(['--size', 'abc', '--unknown', '--help'])).toEqual({ name: 'help' });
    expect(parseCommand(['--version'])).toEqual({ name: 'version' });
  });

  it('[CLI8] either reads a command line or refuses it in one line', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '--size',
        '64x64',
        '--out',
        'a.png',
        '--json',
        '--quiet',
        '--anchor',
        '0,0',
        '--',
        '-1',
        '--seed',
      ),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        expect(refusal(...argv)).not.toContain('\n');
      }),
      { numRuns: 500 },
    );
  });

  it('[CLI9] puts the first variant at --out and the others beside it', () => {
    expect([0, 1, 2, 8].map((n) => variantPath('x.y/a.png', n))).toEqual([
      'x.y/a.png',
      'x.y/a.png',
      'x.y/a-2.png',
      'x.y/a-8.png',
    ]);
    expect(variantPath('x.y/a', 2)).toBe('x.y/a-2');
  });
});
