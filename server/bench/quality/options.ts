/** The command line of `npm run quality`. */
import { parseArgs } from 'node:util';
import type { Size } from '../../../shared/geometry.ts';
import { UsageError } from '../../cli/errors.ts';

export interface Shape {
  /** As written, such as 3:1. */
  readonly name: string;
  readonly frame: Size;
}

export interface Options {
  /** Empty for the examples. */
  readonly photos: readonly string[];
  /** Null for the default. */
  readonly out: string | null;
  readonly shapes: readonly Shape[];
  readonly classic: boolean;
}

export const USAGE =
  'npm run quality -- [PHOTO …] [--out FILE.html] [--shapes 3:1,1:1,9:16] [--quick] [--classic]';

const DEFAULT_SHAPES = '3:1,1:1,9:16';
/** Pixels of every frame: 1440×480 at 3:1; a quarter of that with --quick. */
const AREA = 1440 * 480;
const QUICK_AREA = AREA / 4;
const MAX_RATIO = 10;

/** Reads the arguments. Throws `UsageError`. */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = read(argv);
  const area = values.quick ? QUICK_AREA : AREA;
  const names = (values.shapes ?? DEFAULT_SHAPES).split(',');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--shapes: expected each shape once, got ${twice} twice`);
  if (values.out !== undefined && !/\.html?$/i.test(values.out))
    throw new UsageError(`--out: expected a name that ends in .html, got "${values.out}"`);
  if (positionals.includes('')) throw new UsageError('PHOTO: expected the path of a picture, got nothing');
  return {
    photos: positionals,
    out: values.out ?? null,
    shapes: names.map((name) => ({ name, frame: frameOf(name, area) })),
    classic: values.classic ?? false,
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        shapes: { type: 'string' },
        quick: { type: 'boolean' },
        classic: { type: 'boolean' },
      },
    });
  } catch (error) {
    const said = error instanceof Error ? error.message.split(/[.\n]/)[0] : String(error);
    throw new UsageError(`${said}; usage: ${USAGE}`);
  }
}

/** The frame of that shape with sides in multiples of 4 px and about so many pixels. */
export function frameOf(shape: string, area: number): Size {
  const sides = /^(\d{1,4}):(\d{1,4})$/.exec(shape)?.slice(1).map(Number);
  const [across = 0, down = 0] = sides ?? [];
  const ratio = across / down;
  if (!(ratio >= 1 / MAX_RATIO && ratio <= MAX_RATIO)) {
    throw new UsageError(
      `--shapes: expected shapes such as 3:1, at most ${MAX_RATIO}:1 or 1:${MAX_RATIO}, got "${shape}"`,
    );
  }
  const side = (length: number): number => 4 * Math.round(length / 4);
  return { width: side(Math.sqrt(area * ratio)), height: side(Math.sqrt(area / ratio)) };
}
