/** What Figma draws, plainly: each paint as one colour, in the order of the layers. */
import type { Paint, Rect } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FakeDocument, NodeRecord } from './document.ts';
import { apply, boxOf, intersection, invert, union } from './geometry.ts';
import { FRAMES, absoluteTransform, ancestors, isShown, sizeOf } from './places.ts';

/** An effect of those that `effects` takes. */
interface Effect {
  readonly type: string;
  readonly radius: number;
  readonly visible: boolean;
  readonly spread?: number;
  readonly offset?: { readonly x: number; readonly y: number };
}

/** RGBA, 8 bits each, rows from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const visiblePaints = (node: NodeRecord, key: 'fills' | 'strokes'): readonly Paint[] | null => {
  const paints = node.props[key];
  if (typeof paints === 'symbol') return [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];
  const shown = ((paints ?? []) as readonly Paint[]).filter(
    ({ visible, opacity }) => visible !== false && opacity !== 0,
  );
  return shown.length > 0 ? shown : null;
};

const clips = ({ type, props }: NodeRecord): boolean =>
  FRAMES.includes(type) && props['clipsContent'] !== false;

/** What it draws may cover, cut by the frames it lies in; null where nothing of it is drawn. */
export function renderBounds(document: FakeDocument, node: NodeRecord): Rect | null {
  if (!isShown(document, node.id)) return null;
  let box = ownBounds(document, node);
  for (const frame of ancestors(document, node.id)) {
    if (box && clips(frame)) box = intersection(box, boundsOf(document, frame));
  }
  return box;
}

function boundsOf(document: FakeDocument, node: NodeRecord, margin = 0): Rect {
  return boxOf(absoluteTransform(document, node), { x: 0, y: 0, ...sizeOf(document, node) }, margin);
}

function ownBounds(document: FakeDocument, node: NodeRecord): Rect | null {
  const boxes: Rect[] = [];
  const holds = FRAMES.includes(node.type) || node.type === 'SECTION' || node.type === 'SLICE';
  const strokes = visiblePaints(node, 'strokes');
  if (holds || strokes || visiblePaints(node, 'fills')) {
    const weight = strokes ? Number(node.props['strokeWeight'] ?? 1) : 0;
    const outside = { OUTSIDE: weight, CENTER: weight / 2 }[String(node.props['strokeAlign'])] ?? 0;
    boxes.push(boundsOf(document, node, outside));
  }
  if (!clips(node)) {
    const shown = node.children.map((id) => document.get(id)).filter(({ props }) => props.visible !== false);
    boxes.push(...shown.flatMap((child) => ownBounds(document, child) ?? []));
  }
  const box = union(boxes);
  return box && withEffects(box, (node.props['effects'] ?? []) as readonly Effect[]);
}

function withEffects(box: Rect, effects: readonly Effect[]): Rect {
  const grown = effects.flatMap(({ type, visible, radius, spread = 0, offset = { x: 0, y: 0 } }) => {
    if (!visible || (type !== 'DROP_SHADOW' && type !== 'LAYER_BLUR')) return [];
    const by = radius + spread;
    const { x, y, width, height } = box;
    return [{ x: x + offset.x - by, y: y + offset.y - by, width: width + 2 * by, height: height + 2 * by }];
  });
  return union([box, ...grown]) ?? box;
}

/** Draws the nodes' parts that lie in a box of the page, at a size in pixels. */
export function draw(
  document: FakeDocument,
  ids: readonly string[],
  box: Rect,
  size: { readonly width: number; readonly height: number },
): Pixels {
  const pixels = { ...size, data: new Uint8Array(size.width * size.height * 4) };
  for (const id of ids) drawNode(document, document.get(id), box, pixels, box);
  return pixels;
}

function drawNode(
  document: FakeDocument,
  node: NodeRecord,
  box: Rect,
  pixels: Pixels,
  clip: Rect | null,
): void {
  if (node.props.visible === false || !clip) return;
  const opacity = Number(node.props['opacity'] ?? 1);
  for (const paint of visiblePaints(node, 'fills') ?? []) {
    fill(document, node, colour(paint), opacity * (paint.opacity ?? 1), box, pixels, clip);
  }
  const inner = clips(node) ? intersection(clip, boundsOf(document, node)) : clip;
  for (const child of node.children) drawNode(document, document.get(child), box, pixels, inner);
}

/** One colour for a paint; a picture's depends on its hash. */
function colour(paint: Paint): readonly [number, number, number] {
  if (paint.type === 'SOLID') return [paint.color.r * 255, paint.color.g * 255, paint.color.b * 255];
  if ('gradientStops' in paint) {
    const [first] = paint.gradientStops;
    if (first) return [first.color.r * 255, first.color.g * 255, first.color.b * 255];
  }
  const hash = paint.type === 'IMAGE' ? (paint.imageHash ?? '') : '';
  const byte = (at: number): number => parseInt(hash.slice(at, at + 2) || '80', 16);
  return [byte(0), byte(2), byte(4)];
}

function fill(
  document: FakeDocument,
  node: NodeRecord,
  rgb: readonly [number, number, number],
  alpha: number,
  box: Rect,
  { width, height, data }: Pixels,
  clip: Rect,
): void {
  const target = intersection(boundsOf(document, node), clip);
  if (!target) return;
  const size = sizeOf(document, node);
  const inward = invert(absoluteTransform(document, node));
  const [scaleX, scaleY] = [width / box.width, height / box.height];
  const [left, top] = [Math.round((target.x - box.x) * scaleX), Math.round((target.y - box.y) * scaleY)];
  const right = Math.min(width, Math.round((target.x + target.width - box.x) * scaleX));
  const bottom = Math.min(height, Math.round((target.y + target.height - box.y) * scaleY));
  const straight = inward[0][1] === 0 && inward[1][0] === 0;
  for (let row = Math.max(0, top); row < bottom; row++) {
    for (let column = Math.max(0, left); column < right; column++) {
      if (!straight) {
        const [x, y] = apply(inward, box.x + (column + 0.5) / scaleX, box.y + (row + 0.5) / scaleY);
        if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
      }
      const at = (row * width + column) * 4;
      const under = ((data[at + 3] ?? 0) / 255) * (1 - alpha);
      const over = alpha + under;
      for (let channel = 0; channel < 3; channel++) {
        const mixed = (rgb[channel] ?? 0) * alpha + (data[at + channel] ?? 0) * under;
        data[at + channel] = Math.round(mixed / over);
      }
      data[at + 3] = Math.round(over * 255);
    }
  }
}
