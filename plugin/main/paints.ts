/** Fills: which of them are pictures, and how a layer shows them. The last one lies on top. */
import type {
  ImagePaint,
  Paint,
  SceneNode,
  Transform,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Rendered } from '../messages.ts';

/** Pins a picture to its layer, pixel by pixel. */
export const IDENTITY: Transform = [
  [1, 0, 0],
  [0, 1, 0],
];

/** Where a paint lies among the fills of its layer. */
export interface PlacedPaint {
  readonly paint: Paint;
  readonly index: number;
}

/** A layer's fills; null where it has none, or where its parts have different ones. */
export function fillsOf(node: SceneNode): readonly Paint[] | null {
  if (!('fills' in node)) return null;
  const { fills } = node;
  return typeof fills === 'symbol' ? null : fills;
}

/** The fills that are seen, topmost first. */
export function shownFills(fills: readonly Paint[]): PlacedPaint[] {
  return fills
    .map((paint, index) => ({ paint, index }))
    .filter(({ paint }) => paint.visible !== false)
    .reverse();
}

/** A picture whose own bytes are what the layer shows. */
export function isPicture(paint: Paint): paint is ImagePaint {
  return paint.type === 'IMAGE' && paint.scaleMode !== 'TILE' && paint.imageHash !== null;
}

/** What a paint is that Figma has to draw; null for pictures, and for plain colours, which are none. */
export function renderedAs(paint: Paint): Exclude<Rendered, 'vector' | 'text' | 'layer'> | null {
  switch (paint.type) {
    case 'SOLID':
      return null;
    case 'IMAGE':
      return paint.scaleMode === 'TILE' && paint.imageHash !== null ? 'tile' : null;
    case 'VIDEO':
      return 'video';
    case 'PATTERN':
    case 'SHADER':
      return 'pattern';
    case 'GRADIENT_LINEAR':
    case 'GRADIENT_RADIAL':
    case 'GRADIENT_ANGULAR':
    case 'GRADIENT_DIAMOND':
      return 'gradient';
    default:
      paint satisfies never;
      return null;
  }
}

/** Tells a paint from the others of its layer, together with its place. */
export function keyOf(paint: Paint): string {
  return paint.type === 'IMAGE' ? (paint.imageHash ?? '') : paint.type;
}

/** The paint of that key, at its place if it is still there. */
export function findPaint(fills: readonly Paint[], index: number, key: string): PlacedPaint | null {
  const here = fills[index];
  if (here && keyOf(here) === key) return { paint: here, index };
  const elsewhere = fills.findIndex((paint) => keyOf(paint) === key);
  const paint = fills[elsewhere];
  return paint ? { paint, index: elsewhere } : null;
}

/** The part of the picture that is shown, from the layer's unit square; null where that is the whole. */
export function cropOf(paint: ImagePaint): Transform | null {
  const { scaleMode, imageTransform } = paint;
  if (scaleMode !== 'CROP' || !imageTransform) return null;
  const whole = imageTransform.every((row, i) =>
    row.every((value, j) => Math.abs(value - (IDENTITY[i]?.[j] ?? 0)) < 1e-6),
  );
  return whole ? null : imageTransform;
}

/** Degrees, clockwise: 0, 90, 180 or 270. */
export function turnOf({ scaleMode, rotation = 0 }: ImagePaint): number {
  return scaleMode === 'CROP' ? 0 : (((Math.round(rotation / 90) % 4) + 4) % 4) * 90;
}
