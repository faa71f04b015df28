/** `exportAsync`: PNG files of the size that Figma's would have. */
import type { FakeDocument, NodeRecord } from './document.ts';
import { notModelled, rejectedWith } from './errors.ts';
import { encodePng } from './png.ts';
import { draw, renderBounds } from './render.ts';
import { boolean, number, object, oneOf, string, validate } from './schema.ts';
import { absoluteBox, isShown, pageOf } from './places.ts';

interface Settings {
  readonly format: string;
  readonly contentsOnly?: boolean;
  readonly useAbsoluteBounds?: boolean;
  readonly constraint?: { readonly type: string; readonly value: number };
}

const check = object(
  { format: oneOf('PNG', 'JPG', 'SVG', 'SVG_STRING', 'PDF', 'JSON_REST_V1') },
  {
    contentsOnly: boolean,
    useAbsoluteBounds: boolean,
    suffix: string,
    colorProfile: oneOf('DOCUMENT', 'SRGB', 'DISPLAY_P3_V4'),
    constraint: object({ type: oneOf('SCALE', 'WIDTH', 'HEIGHT'), value: number(0.001) }),
  },
);

/** Less than this of a pixel is a rounding error of transforms. */
const TOLERANCE = 1e-4;

export async function exportNode(
  document: FakeDocument,
  node: NodeRecord,
  given: unknown = { format: 'PNG' },
): Promise<Uint8Array> {
  validate('settings', check, given);
  const settings = given as Settings;
  if (settings.format !== 'PNG') throw notModelled(`exportAsync of ${settings.format}`);
  if (node.type === 'PAGE' || node.type === 'DOCUMENT') throw notModelled(`exportAsync of a ${node.type}`);
  const drawn = renderBounds(document, node);
  const box = settings.useAbsoluteBounds && drawn ? absoluteBox(document, node) : drawn;
  if (!box || box.width <= 0 || box.height <= 0 || !isShown(document, node.id)) {
    return rejectedWith('Failed to export node. This node may not have any visible layers.');
  }
  const { type = 'SCALE', value = 1 } = settings.constraint ?? {};
  const scale = { WIDTH: value / box.width, HEIGHT: value / box.height }[type] ?? value;
  const side = (length: number): number => Math.max(1, Math.ceil(length * scale - TOLERANCE));
  const below = node.type === 'SLICE' || settings.contentsOnly === false;
  const ids = below ? document.get(pageOf(document, node.id) ?? '').children : [node.id];
  return encodePng(draw(document, ids, box, { width: side(box.width), height: side(box.height) }));
}
