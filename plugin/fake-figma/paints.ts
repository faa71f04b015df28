/** Paints: what Figma accepts, and how it gives back what it was given. */
import type { Paint, Transform } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { FigmaError } from './errors.ts';
import { array, boolean, byType, nullable, number, object, oneOf, string, transform } from './schema.ts';
import type { Check } from './schema.ts';

export const BLEND_MODES = [
  'PASS_THROUGH',
  'NORMAL',
  'DARKEN',
  'MULTIPLY',
  'LINEAR_BURN',
  'COLOR_BURN',
  'LIGHTEN',
  'SCREEN',
  'LINEAR_DODGE',
  'COLOR_DODGE',
  'OVERLAY',
  'SOFT_LIGHT',
  'HARD_LIGHT',
  'DIFFERENCE',
  'EXCLUSION',
  'HUE',
  'SATURATION',
  'COLOR',
  'LUMINOSITY',
];

const unit = number(0, 1);
const rgb = object({ r: unit, g: unit, b: unit });
const rgba = object({ r: unit, g: unit, b: unit, a: unit });
const anything: Check = () => [];
const literal: Check = string;
const common = { visible: boolean, opacity: unit, blendMode: oneOf(...BLEND_MODES) };
const filter = number(-1, 1);
const filters = object(
  {},
  {
    exposure: filter,
    contrast: filter,
    saturation: filter,
    temperature: filter,
    tint: filter,
    highlights: filter,
    shadows: filter,
  },
);
const gradient = object(
  {
    type: literal,
    gradientTransform: transform,
    gradientStops: array(object({ position: unit, color: rgba }, { boundVariables: anything })),
  },
  common,
);
const scaleMode = oneOf('FILL', 'FIT', 'CROP', 'TILE');
const picture = { scalingFactor: number(0), rotation: number(), filters, ...common };
const image = object(
  { type: literal, scaleMode, imageHash: nullable(string) },
  { imageTransform: transform, ...picture },
);
const video = object(
  { type: literal, scaleMode, videoHash: nullable(string) },
  { videoTransform: transform, ...picture },
);
const pattern = object(
  {
    type: literal,
    sourceNodeId: string,
    tileType: oneOf('RECTANGULAR', 'HORIZONTAL_HEXAGONAL', 'VERTICAL_HEXAGONAL'),
    scalingFactor: number(0),
    spacing: object({ x: number(), y: number() }),
    horizontalAlignment: oneOf('START', 'CENTER', 'END'),
  },
  common,
);
const byKind = {
  SOLID: object({ type: literal, color: rgb }, { boundVariables: anything, ...common }),
  GRADIENT_LINEAR: gradient,
  GRADIENT_RADIAL: gradient,
  GRADIENT_ANGULAR: gradient,
  GRADIENT_DIAMOND: gradient,
  IMAGE: image,
  VIDEO: video,
};

/** What `fills =` accepts; a pattern needs `setFillsAsync`. */
export const paints: Check = array(byType(byKind));
/** What `setFillsAsync` accepts. */
export const paintsAndPatterns: Check = array(byType({ ...byKind, PATTERN: pattern }));

const NO_FILTERS = {
  exposure: 0,
  contrast: 0,
  saturation: 0,
  temperature: 0,
  tint: 0,
  highlights: 0,
  shadows: 0,
};

/** Checked paints as Figma gives them back: with every default filled in. Throws where a rotation is no quarter turn. */
export function normalized(given: readonly Paint[]): readonly Paint[] {
  return given.map((paint) => {
    const shared = { visible: true, opacity: 1, blendMode: 'NORMAL' as const };
    if (paint.type !== 'IMAGE' && paint.type !== 'VIDEO') {
      return structuredClone({
        ...shared,
        ...paint,
        ...(paint.type === 'SOLID' ? { boundVariables: {} } : {}),
      });
    }
    if ((paint.rotation ?? 0) % 90 !== 0) {
      throw new FigmaError('Image rotation must be in increments of 90 degrees');
    }
    const identity: Transform = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    const whole = paint.type === 'IMAGE' ? { imageTransform: identity } : { videoTransform: identity };
    const filled = { ...shared, ...whole, scalingFactor: 0.5, rotation: 0, ...paint };
    return structuredClone({ ...filled, filters: { ...NO_FILTERS, ...paint.filters } });
  });
}

export const solid = (r: number, g: number, b: number): Paint => ({ type: 'SOLID', color: { r, g, b } });
