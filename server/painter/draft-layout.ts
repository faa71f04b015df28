/**
 * Layouts that need no training, for the draft that a designer sees at once.
 */
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';
import type { Rectangle, Size } from '../../shared/geometry.ts';
import { resample } from '../images/resample.ts';
import { ABOVE, BELOW, REFLECTION_SPEED } from './row-band.ts';
import { validatePicture } from './validate.ts';

export type DraftMode = 'extend' | 'retarget' | 'reimagine';

/** Short side of a draft's layout, in pixels. */
const LAYOUT_SIDE = 64;

/**
 * A layout for `paint`: in `extend` the photo at its place and its margins reflected at half speed, in `retarget`
 * the photo stretched over the frame, in `reimagine` the photo's columns in a new order, read back and forth.
 * `photo` is the whole photo in frame pixels. The layout has the frame's aspect and is `heightPx` high.
 */
export async function draftLayout(
  source: Picture,
  frame: Size,
  photo: Rectangle,
  mode: DraftMode,
  heightPx = defaultHeight(frame),
): Promise<Picture> {
  validatePicture(source, 'source', 'invalid-source');
  const scale = heightPx / frame.height;
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(heightPx));
  if (mode === 'retarget') return resample(source, width, height);
  const small = await resample(
    source,
    Math.max(1, Math.round(photo.width * scale)),
    mode === 'reimagine' ? height : Math.max(1, Math.round(photo.height * scale)),
  );
  if (mode === 'reimagine') {
    return mapped(
      small,
      width,
      height,
      reordered(small.width, width),
      Float32Array.from({ length: height }, (_, y) => y),
    );
  }
  return mapped(
    small,
    width,
    height,
    reflected(small.width, width, photo.x * scale, 1, 1),
    reflected(small.height, height, photo.y * scale, ABOVE.depth, BELOW.depth),
  );
}

function defaultHeight(frame: Size): number {
  return Math.min(
    frame.height,
    Math.max(1, Math.round((LAYOUT_SIDE * frame.height) / Math.min(frame.width, frame.height))),
  );
}

/**
 * For each place on an axis of `size` the place in the photo, whose `length` begins at `start`. Its margins read
 * the shares `before` and `after` of it at most; 1 lets them go back and forth over the whole of it.
 */
function reflected(length: number, size: number, start: number, before: number, after: number): Float32Array {
  const speedBefore = reflectionSpeed(before, length, start);
  const speedAfter = reflectionSpeed(after, length, size - start - length);
  return Float32Array.from({ length: size }, (_, i) => {
    const at = i - start;
    if (at < 0) return pingPong(-at * speedBefore, length);
    if (at > length - 1) return length - 1 - pingPong((at - length + 1) * speedAfter, length);
    return at;
  });
}

function reflectionSpeed(share: number, length: number, room: number): number {
  if (share === 1) return REFLECTION_SPEED;
  return Math.min(REFLECTION_SPEED, (share * (length - 1)) / Math.max(1, room));
}

/** Back and forth over the photo from its middle, each leg at another speed so that no two of them look alike. */
function reordered(length: number, size: number): Float32Array {
  const speeds = [0.8, 0.6, 0.9, 0.7];
  const places = new Float32Array(size);
  let at = (length - 1) / 2;
  let direction = 1;
  let leg = 0;
  for (let i = 0; i < size; i++) {
    places[i] = at;
    at += direction * speeds[leg % speeds.length]!;
    if (at >= 0 && at <= length - 1) continue;
    at = Math.min(length - 1, Math.max(0, at));
    direction = -direction;
    leg++;
  }
  return places;
}

function pingPong(distance: number, length: number): number {
  if (length < 2) return 0;
  const period = 2 * (length - 1);
  const at = distance % period;
  return at > length - 1 ? period - at : at;
}

/** Reads `picture` at the given columns and rows, bilinearly. */
function mapped(
  picture: Picture,
  width: number,
  height: number,
  columns: Float32Array,
  rows: Float32Array,
): Picture {
  const result = createPicture(width, height);
  const { data } = picture;
  for (let y = 0, o = 0; y < height; y++) {
    const top = Math.floor(rows[y]!);
    const bottom = Math.min(picture.height - 1, top + 1);
    const v = rows[y]! - top;
    for (let x = 0; x < width; x++) {
      const left = Math.floor(columns[x]!);
      const right = Math.min(picture.width - 1, left + 1);
      const u = columns[x]! - left;
      const topLeft = (top * picture.width + left) * CHANNELS;
      const topRight = (top * picture.width + right) * CHANNELS;
      const bottomLeft = (bottom * picture.width + left) * CHANNELS;
      const bottomRight = (bottom * picture.width + right) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++, o++) {
        const upper = data[topLeft + channel]! * (1 - u) + data[topRight + channel]! * u;
        const lower = data[bottomLeft + channel]! * (1 - u) + data[bottomRight + channel]! * u;
        result.data[o] = Math.round(upper * (1 - v) + lower * v);
      }
    }
  }
  return result;
}
