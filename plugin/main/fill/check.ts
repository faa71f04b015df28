/** Whether what the window sends is the picture that was announced. */
import type { Rectangle, Size } from '../../../shared/geometry.ts';
import type { FillAnswer, FillPicture } from '../../messages.ts';
import { pictureSize } from '../picture-size.ts';

type WrongSize = Extract<FillAnswer, { problem: 'wrong-size' }>;

/** Null where each part is a picture of its rectangle's size and together they cover `pixels`, each pixel once. */
export function checkParts(parts: FillPicture['parts'], pixels: Size): WrongSize | null {
  for (const { rectangle, bytes } of parts) {
    const got = pictureSize(bytes);
    if (got?.width !== rectangle.width || got.height !== rectangle.height) {
      return { ok: false, problem: 'wrong-size', got, expected: sizeOf(rectangle) };
    }
  }
  const rectangles = parts.map(({ rectangle }) => rectangle);
  if (tiles(rectangles, pixels)) return null;
  return { ok: false, problem: 'wrong-size', got: reach(rectangles), expected: pixels };
}

/** Inside the whole, as large as it together, and nowhere over each other: nothing is left free. */
function tiles(rectangles: readonly Rectangle[], { width, height }: Size): boolean {
  const area = rectangles.reduce((sum, each) => sum + each.width * each.height, 0);
  const inside = rectangles.every(
    (each) => each.x >= 0 && each.y >= 0 && each.x + each.width <= width && each.y + each.height <= height,
  );
  const apart = rectangles.every((one, i) => rectangles.slice(i + 1).every((other) => !overlap(one, other)));
  return inside && apart && area === width * height;
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function reach(rectangles: readonly Rectangle[]): Size | null {
  if (rectangles.length === 0) return null;
  return {
    width: Math.max(...rectangles.map(({ x, width }) => x + width)),
    height: Math.max(...rectangles.map(({ y, height }) => y + height)),
  };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
