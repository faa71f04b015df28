/** Affine transforms as Figma writes them, rows of [[m00, m01, m02], [m10, m11, m12]], and boxes. */
import type { Rect, Transform } from '@figma/plugin-typings/plugin-api-standalone.d.ts';

export const IDENTITY: Transform = [
  [1, 0, 0],
  [0, 1, 0],
];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** First `b`, then `a`. */
export function multiply(a: Transform, b: Transform): Transform {
  const row = ([p, q, r]: Transform[0]): Transform[0] => [
    p * b[0][0] + q * b[1][0],
    p * b[0][1] + q * b[1][1],
    p * b[0][2] + q * b[1][2] + r,
  ];
  return [row(a[0]), row(a[1])];
}

export function invert([[a, b, c], [d, e, f]]: Transform): Transform {
  const determinant = a * e - b * d;
  const [p, q, r, s] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [
    [p, q, -(p * c + q * f)],
    [r, s, -(r * c + s * f)],
  ];
}

export const apply = ([[a, b, c], [d, e, f]]: Transform, x: number, y: number): [number, number] => [
  a * x + b * y + c,
  d * x + e * y + f,
];

export const translated = ([[a, b], [d, e]]: Transform, x: number, y: number): Transform => [
  [a, b, x],
  [d, e, y],
];

/** Degrees, counterclockwise: atan2(-m10, m00). */
export const rotationOf = (transform: Transform): number =>
  (Math.atan2(-transform[1][0], transform[0][0]) * 180) / Math.PI + 0;

/** Turned about the top left corner, which stays. */
export function rotated(transform: Transform, degrees: number): Transform {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [
    [cos, sin, transform[0][2]],
    [-sin, cos, transform[1][2]],
  ];
}

/** The upright box around a rectangle, grown by `margin` on its own axes, under a transform. */
export function boxOf(transform: Transform, { x, y, width, height }: Rect, margin = 0): Rect {
  const corners = [
    apply(transform, x - margin, y - margin),
    apply(transform, x + width + margin, y - margin),
    apply(transform, x - margin, y + height + margin),
    apply(transform, x + width + margin, y + height + margin),
  ];
  return spanned(
    corners.map(([x]) => x),
    corners.map(([, y]) => y),
  );
}

export function union(boxes: readonly Rect[]): Rect | null {
  if (boxes.length === 0) return null;
  return spanned(
    boxes.flatMap(({ x, width }) => [x, x + width]),
    boxes.flatMap(({ y, height }) => [y, y + height]),
  );
}

/** Null where they do not meet. */
export function intersection(a: Rect, b: Rect): Rect | null {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function spanned(xs: readonly number[], ys: readonly number[]): Rect {
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
