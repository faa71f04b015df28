/** Places and sizes. */
import type {
  AspectRatioLockMixin,
  AutoLayoutMixin,
  ConstraintMixin,
  DimensionAndPositionMixin,
  GridLayoutMixin,
  LayoutMixin,
  Transform,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { isSublayer } from '../document.ts';
import { assert, notModelled } from '../errors.ts';
import { rotated, rotationOf, translated } from '../geometry.ts';
import { number, object, oneOf, transform, validate } from '../schema.ts';
import { absoluteBox, absoluteTransform, isPlaced, relativeTransform, sizeOf } from '../places.ts';
import { resize, setTransform } from '../tree.ts';
import { renderBounds } from '../render.ts';
import { readOnly } from './base.ts';
import { frozen, stored, unmodelled, type Layer, type Property, type Table } from './property.ts';

const LEAST_SIDE = 0.01;
const axis = oneOf('MIN', 'CENTER', 'MAX', 'STRETCH', 'SCALE');

export const dimensions: Table<DimensionAndPositionMixin> = {
  x: coordinate(0),
  y: coordinate(1),
  width: readOnly(({ session, node }) => sizeOf(session.document, node).width),
  height: readOnly(({ session, node }) => sizeOf(session.document, node).height),
  relativeTransform: {
    get: ({ session, node }) => frozen(relativeTransform(session.document, node)),
    set(layer, value) {
      validate('relativeTransform', transform, value);
      move(layer, structuredClone(value) as Transform);
    },
  },
  absoluteTransform: readOnly(({ session, node }) => frozen(absoluteTransform(session.document, node))),
  absoluteBoundingBox: readOnly(({ session, node }) => frozen(absoluteBox(session.document, node))),
  ...unmodelled('minWidth', 'maxWidth', 'minHeight', 'maxHeight'),
};

export const sizing: Readonly<Record<'resize' | 'resizeWithoutConstraints', Property>> = {
  resize: { call: (layer, width, height) => setSize(layer, width, height, true) },
  resizeWithoutConstraints: { call: (layer, width, height) => setSize(layer, width, height, false) },
};

export const layout: Table<LayoutMixin> = {
  ...dimensions,
  ...sizing,
  absoluteRenderBounds: readOnly(({ session, node }) => frozen(renderBounds(session.document, node))),
  rotation: {
    get: ({ session, node }) => rotationOf(relativeTransform(session.document, node)),
    set(layer, value) {
      validate('rotation', number(-360, 360), value);
      move(layer, rotated(relativeTransform(layer.session.document, layer.node), Number(value)));
    },
  },
  layoutPositioning: {
    get: ({ node }) => node.props['layoutPositioning'] ?? 'AUTO',
    set({ session, id, node }, value) {
      validate('layoutPositioning', oneOf('AUTO', 'ABSOLUTE'), value);
      const parent = node.parent === null ? null : session.live(node.parent);
      const allowed = value === 'AUTO' || (parent?.props.layoutMode ?? 'NONE') !== 'NONE';
      assert(allowed, 'Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE');
      assert(!isSublayer(id), 'This property cannot be overridden in an instance: stack-positioning');
      const at = relativeTransform(session.document, node);
      session.document.setProps(id, { layoutPositioning: value, transform: at });
    },
  },
  ...unmodelled('constrainProportions', 'layoutSizingHorizontal', 'layoutSizingVertical', 'rescale'),
  ...unmodelled('layoutAlign', 'layoutGrow', 'setGridChildPosition', 'gridRowAnchorIndex'),
  ...unmodelled('gridColumnAnchorIndex', 'gridRowSpan', 'gridColumnSpan', 'gridChildHorizontalAlign'),
  ...unmodelled('gridChildVerticalAlign'),
};

export const constraints: Table<ConstraintMixin> = {
  constraints: stored(
    'constraints',
    { horizontal: 'MIN', vertical: 'MIN' },
    object({ horizontal: axis, vertical: axis }),
  ),
};

export const aspectRatio: Table<AspectRatioLockMixin> = unmodelled(
  'targetAspectRatio',
  'lockAspectRatio',
  'unlockAspectRatio',
);

const align = oneOf('MIN', 'CENTER', 'MAX');
const sizingMode = oneOf('FIXED', 'AUTO');

export const autoLayout: Table<AutoLayoutMixin> = {
  layoutMode: {
    get: ({ node }) => node.props.layoutMode ?? 'NONE',
    set({ session, id }, value) {
      validate('layoutMode', oneOf('NONE', 'HORIZONTAL', 'VERTICAL', 'GRID'), value);
      if (value === 'GRID') throw notModelled('layoutMode GRID');
      const hugs = { primaryAxisSizingMode: 'AUTO', counterAxisSizingMode: 'FIXED' };
      session.document.setProps(id, { layoutMode: String(value), ...(value === 'NONE' ? {} : hugs) });
    },
  },
  paddingLeft: stored('paddingLeft', 0, number(0)),
  paddingRight: stored('paddingRight', 0, number(0)),
  paddingTop: stored('paddingTop', 0, number(0)),
  paddingBottom: stored('paddingBottom', 0, number(0)),
  itemSpacing: stored('itemSpacing', 0, number()),
  primaryAxisSizingMode: stored('primaryAxisSizingMode', 'AUTO', sizingMode),
  counterAxisSizingMode: stored('counterAxisSizingMode', 'FIXED', sizingMode),
  primaryAxisAlignItems: stored('primaryAxisAlignItems', 'MIN', align),
  counterAxisAlignItems: stored('counterAxisAlignItems', 'MIN', align),
  ...unmodelled('horizontalPadding', 'verticalPadding', 'strokesIncludedInLayout', 'layoutWrap'),
  ...unmodelled('counterAxisAlignContent', 'counterAxisSpacing', 'itemReverseZIndex'),
};

export const grid: Table<GridLayoutMixin> = {
  ...unmodelled('gridRowCount', 'gridColumnCount', 'gridRowGap', 'gridColumnGap', 'gridRowSizes'),
  ...unmodelled('gridColumnSizes', 'appendChildAt', 'gridAutoTracks', 'gridItemsPositioning'),
  ...unmodelled('reorderRows', 'reorderColumns'),
};

/** x or y: without effect where auto layout decides it. */
function coordinate(row: 0 | 1): Property {
  const key = row === 0 ? 'x' : 'y';
  return {
    get: ({ session, node }) => relativeTransform(session.document, node)[row][2],
    set(layer, value) {
      validate(key, number(), value);
      const { session, node } = layer;
      if (isPlaced(session.document, node)) return;
      const at = relativeTransform(session.document, node);
      const [x, y] = row === 0 ? [Number(value), at[1][2]] : [at[0][2], Number(value)];
      move(layer, translated(at, x, y));
    },
  };
}

function move({ session, id, node }: Layer, to: Transform): void {
  assert(!isSublayer(id), 'This property cannot be overridden in an instance: relative-transform');
  setTransform(session.document, node, to);
}

function setSize({ session, id, node }: Layer, width: unknown, height: unknown, constrained: boolean): void {
  validate('width', number(LEAST_SIDE), width);
  validate('height', number(LEAST_SIDE), height);
  // Figma leaves the layers of instances as they are and says nothing.
  if (isSublayer(id)) return;
  resize(session.document, node, { width: Number(width), height: Number(height) }, constrained);
}
