/** Fills, strokes, effects, corners: what a layer looks like. */
import type {
  BlendMixin,
  ComplexStrokesMixin,
  CornerMixin,
  DeprecatedBackgroundMixin,
  ExportMixin,
  FramePrototypingMixin,
  GeometryMixin,
  IndividualStrokesMixin,
  MinimalBlendMixin,
  MinimalFillsMixin,
  MinimalStrokesMixin,
  Paint,
  ReactionMixin,
  RectangleCornerMixin,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { exportNode } from '../export.ts';
import { BLEND_MODES, normalized, paints, paintsAndPatterns } from '../paints.ts';
import { array, boolean, byType, number, object, oneOf, string, validate, type Check } from '../schema.ts';
import { frozen, setAsync, stored, unmodelled, type Layer, type Property, type Table } from './property.ts';

export const minimalBlend: Table<MinimalBlendMixin> = {
  opacity: stored('opacity', 1, number(0, 1)),
  blendMode: stored('blendMode', 'PASS_THROUGH', oneOf(...BLEND_MODES)),
};

const anything: Check = () => [];
const shadow = object(
  {
    type: string,
    color: object({ r: number(0, 1), g: number(0, 1), b: number(0, 1), a: number(0, 1) }),
    offset: object({ x: number(), y: number() }),
    radius: number(0),
    visible: boolean,
    blendMode: oneOf(...BLEND_MODES),
  },
  { spread: number(), showShadowBehindNode: boolean, boundVariables: anything },
);
const blur = object(
  { type: string, radius: number(0), visible: boolean },
  { blurType: oneOf('NORMAL'), boundVariables: anything },
);
const effects = byType({
  DROP_SHADOW: shadow,
  INNER_SHADOW: shadow,
  LAYER_BLUR: blur,
  BACKGROUND_BLUR: blur,
});

export const blend: Table<BlendMixin> = {
  ...minimalBlend,
  effects: stored('effects', [], array(effects)),
  effectStyleId: setAsync('', 'node.setEffectStyleIdAsync'),
  isMask: stored('isMask', false, boolean),
  ...unmodelled('maskType', 'setEffectStyleIdAsync'),
};

function setPaints(key: string, check: Check) {
  return ({ session, id }: Layer, value: unknown): void => {
    validate(key, check, value);
    session.document.setProps(id, { [key]: normalized(value as readonly Paint[]) });
  };
}

const paintsOf = (key: string): Property => ({
  get: ({ node }) => frozen(node.props[key] ?? []),
  set: setPaints(key, paints),
});

const paintsLater = (key: string): Property => ({
  // eslint-disable-next-line @typescript-eslint/require-await -- its errors are rejections
  call: async (layer, value) => setPaints(key, paintsAndPatterns)(layer, value),
});

export const fills: Table<MinimalFillsMixin> = {
  fills: paintsOf('fills'),
  setFillsAsync: paintsLater('fills'),
  fillStyleId: setAsync('', 'node.setFillStyleIdAsync'),
  ...unmodelled('setFillStyleIdAsync'),
};

export const strokes: Table<MinimalStrokesMixin> = {
  strokes: paintsOf('strokes'),
  setStrokesAsync: paintsLater('strokes'),
  strokeStyleId: setAsync('', 'node.setStrokeStyleIdAsync'),
  strokeWeight: stored('strokeWeight', 1, number(0)),
  strokeAlign: stored('strokeAlign', 'INSIDE', oneOf('CENTER', 'INSIDE', 'OUTSIDE')),
  ...unmodelled('setStrokeStyleIdAsync', 'strokeJoin', 'dashPattern', 'strokeGeometry'),
};

export const geometry: Table<GeometryMixin> = {
  ...fills,
  ...strokes,
  ...unmodelled('strokeCap', 'strokeMiterLimit', 'outlineStroke', 'fillGeometry'),
};

export const complexStrokes: Table<ComplexStrokesMixin> = unmodelled(
  'variableWidthStrokeProperties',
  'complexStrokeProperties',
);

export const individualStrokes: Table<IndividualStrokesMixin> = {
  ...unmodelled('strokeTopWeight', 'strokeBottomWeight', 'strokeLeftWeight', 'strokeRightWeight'),
};

export const corners: Table<CornerMixin> = {
  cornerRadius: stored('cornerRadius', 0, number(0)),
  ...unmodelled('cornerSmoothing'),
};

export const rectangleCorners: Table<RectangleCornerMixin> = {
  ...unmodelled('topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'),
};

export const backgrounds: Table<DeprecatedBackgroundMixin> = unmodelled('backgrounds', 'backgroundStyleId');

export const prototyping: Table<FramePrototypingMixin> = {
  ...unmodelled('overflowDirection', 'numberOfFixedChildren', 'overlayPositionType'),
  ...unmodelled('overlayBackground', 'overlayBackgroundInteraction'),
};

export const reactions: Table<ReactionMixin> = unmodelled('reactions', 'setReactionsAsync');

export const exporting: Table<ExportMixin> = {
  exportAsync: {
    call({ session, node }, settings) {
      session.requireContent(node, 'method `exportAsync()`');
      return exportNode(session.document, node, settings);
    },
  },
  ...unmodelled('exportSettings'),
};
