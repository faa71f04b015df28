/** A source's bytes. */
import type { ImagePaint, PluginAPI, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Size } from '../../shared/geometry.ts';
import type { SourceAnswer, SourceBytes } from '../messages.ts';
import { findLayer, sizeOf } from './layers.ts';
import { oneLine } from './one-line.ts';
import { cropOf, fillsOf, findPaint, isPicture, keyOf, turnOf } from './paints.ts';
import { readRecord } from './record.ts';
import { drawLayer, drawPaint } from './render.ts';
import { parseSourceId, type SourceRef } from './source-id.ts';

/** The picture's size in pixels; null where the file no longer has it. */
export async function storedSize(figma: PluginAPI, { imageHash }: ImagePaint): Promise<Size | null> {
  try {
    const image = imageHash === null ? null : figma.getImageByHash(imageHash);
    return image && (await image.getSizeAsync());
  } catch {
    return null;
  }
}

export async function readSource(figma: PluginAPI, id: string): Promise<SourceAnswer> {
  const ref = parseSourceId(id);
  const node = ref && (await findLayer(figma, ref.nodeId));
  if (!ref || !node) return gone('the layer is gone');
  switch (ref.kind) {
    case 'image':
    case 'original': {
      const found = findImage(node, ref);
      return found ? readBytes(figma, found.paint, found.size) : gone('the layer has no such fill');
    }
    case 'paint': {
      const found = findPaint(fillsOf(node) ?? [], ref.index, ref.key);
      if (!found) return gone('the layer has no such fill');
      const { length } = fillsOf(node) ?? [];
      const alone = length === 1 && !holdsLayers(node) && isStraight(node);
      return draw(alone ? drawLayer(node) : drawPaint(figma, found.paint, sizeOf(node)), sizeOf(node));
    }
    case 'layer':
      return draw(drawLayer(node), sizeOf(node));
    default:
      ref satisfies never;
      return gone('no such source');
  }
}

/** In the fills as they are, or where a panorama lies there now, in what it was made of and what it stands for. */
export function findImage(
  node: SceneNode,
  { index, key }: Extract<SourceRef, { key: string }>,
): { paint: ImagePaint; size: Size } | null {
  const size = sizeOf(node);
  const shown = findPaint(fillsOf(node) ?? [], index, key);
  if (shown && isPicture(shown.paint)) return { paint: shown.paint, size };
  const record = readRecord(node);
  if (record?.picture && keyOf(record.picture.paint) === key) return record.picture;
  const before = findPaint(record?.original?.fills ?? [], index, key);
  return before && isPicture(before.paint) ? { paint: before.paint, size } : null;
}

async function readBytes(figma: PluginAPI, paint: ImagePaint, size: Size): Promise<SourceAnswer> {
  try {
    const image = paint.imageHash === null ? null : figma.getImageByHash(paint.imageHash);
    if (!image) return { ok: false, problem: 'missing', message: 'the file no longer has the picture' };
    const bytes = await image.getBytesAsync();
    return answer({ bytes, crop: cropOf(paint), rotation: turnOf(paint), size });
  } catch (error) {
    return { ok: false, problem: 'missing', message: oneLine(error) };
  }
}

async function draw(drawing: Promise<Uint8Array>, size: Size): Promise<SourceAnswer> {
  try {
    return answer({ bytes: await drawing, crop: null, rotation: 0, size });
  } catch (error) {
    return { ok: false, problem: 'not-rendered', message: oneLine(error) };
  }
}

function holdsLayers(node: SceneNode): boolean {
  return 'children' in node && node.children.length > 0;
}

/** Figma draws a turned layer in a box around it. */
function isStraight(node: SceneNode): boolean {
  const [[across], [down]] = node.absoluteTransform;
  return Math.abs(across - 1) < 1e-6 && Math.abs(down) < 1e-6;
}

function answer(source: SourceBytes): SourceAnswer {
  return { ok: true, source };
}

function gone(message: string): SourceAnswer {
  return { ok: false, problem: 'gone', message };
}
