/** Is the border of the kept photo to be seen? */
import { clipToFrame, type Rectangle } from '../../../shared/geometry.ts';
import { CHANNELS, type Picture } from '../../images/picture.ts';

export interface Seam {
  /** Percentile of the colour's jump across the border among those between the photo's own columns or rows, 0 to 100. */
  readonly colour: number;
  /** The same for the jump of the colour's gradient: textures that break off at the border. */
  readonly gradient: number;
  /** The greater of the two. Lower is better; about 50 cannot be told from the photo itself. */
  readonly worst: number;
}

/** Photo pixels that are left out at each of its edges when its own columns are measured. */
const EDGE = 2;

/**
 * The jumps across those sides of the kept photo beyond which the picture goes on, each a root mean square over the
 * side's length in the picture's own pixels, as a percentile of the same jump between every two neighbouring columns
 * (left and right) or rows (above and below) of the photo itself; the mean over the sides. `kept` is the photo's
 * place in the picture. Null where the photo reaches the picture's edges all around.
 */
export function seam(picture: Picture, kept: Rectangle): Seam | null {
  const inside = clipToFrame(kept, picture);
  if (!inside) return null;
  const colours: number[] = [];
  const gradients: number[] = [];
  for (const axis of ['x', 'y'] as const) {
    const strip = stripAlong(picture, inside, axis);
    const own = { colour: ownJumps(strip, colourJump), gradient: ownJumps(strip, gradientJump) };
    const borders = [
      ...(strip.start >= EDGE ? [strip.start] : []),
      ...(strip.end <= strip.length - EDGE ? [strip.end] : []),
    ];
    for (const border of borders) {
      colours.push(percentile(own.colour, colourJump(strip, border)));
      gradients.push(percentile(own.gradient, gradientJump(strip, border)));
    }
  }
  if (colours.length === 0) return null;
  const [colour, gradient] = [mean(colours), mean(gradients)];
  return { colour, gradient, worst: Math.max(colour, gradient) };
}

/** The picture's lines across the kept photo: its rows for the borders left and right, its columns for the others. */
interface Strip {
  readonly data: Uint8Array;
  /** Index of the first value of a line, its first step to the next line, and from place to place on a line. */
  readonly offset: number;
  readonly lineStep: number;
  readonly step: number;
  readonly lines: number;
  /** Places on a line, and of those the photo's. */
  readonly length: number;
  readonly start: number;
  readonly end: number;
}

function stripAlong({ width, height, data }: Picture, inside: Rectangle, axis: 'x' | 'y'): Strip {
  const row = width * CHANNELS;
  return axis === 'x'
    ? {
        data,
        offset: inside.y * row,
        lineStep: row,
        step: CHANNELS,
        lines: inside.height,
        length: width,
        start: inside.x,
        end: inside.x + inside.width,
      }
    : {
        data,
        offset: inside.x * CHANNELS,
        lineStep: CHANNELS,
        step: row,
        lines: inside.width,
        length: height,
        start: inside.y,
        end: inside.y + inside.height,
      };
}

type Jump = (strip: Strip, at: number) => number;

/** Between the places before `at` and at it. */
const colourJump: Jump = (strip, at) => rootMeanSquare(strip, at, (b, c) => c - b);

/** The change of slope there: the second differences on both sides. */
const gradientJump: Jump = (strip, at) =>
  rootMeanSquare(strip, at, (b, c, a, d) => Math.abs(c - 2 * b + a) + Math.abs(d - 2 * c + b));

function rootMeanSquare(
  { data, offset, lineStep, step, lines }: Strip,
  at: number,
  jump: (before: number, after: number, before2: number, after2: number) => number,
): number {
  let sum = 0;
  for (let line = 0; line < lines; line++) {
    const start = offset + line * lineStep + at * step;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const i = start + channel;
      sum += jump(data[i - step]!, data[i]!, data[i - 2 * step]!, data[i + step]!) ** 2;
    }
  }
  return Math.sqrt(sum / (lines * CHANNELS));
}

function ownJumps(strip: Strip, jump: Jump): number[] {
  const jumps: number[] = [];
  for (let at = strip.start + EDGE; at <= strip.end - EDGE; at++) jumps.push(jump(strip, at));
  return jumps;
}

/** Share of `values` under `value`, those equal to it counted half. */
function percentile(values: readonly number[], value: number): number {
  if (values.length === 0) return 50;
  const below = values.filter((other) => other < value).length;
  const equal = values.filter((other) => other === value).length;
  return (100 * (below + equal / 2)) / values.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
