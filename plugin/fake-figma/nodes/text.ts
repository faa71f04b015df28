/** Text: its characters need a loaded font, and ranges may have fills of their own. */
import type { DefaultShapeMixin, TextNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type {
  AnnotationsMixin,
  AspectRatioLockMixin,
  ComplexStrokesMixin,
  ConstraintMixin,
  Paint,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { NodeRecord } from '../document.ts';
import { FigmaError, assert } from '../errors.ts';
import { normalized, paints } from '../paints.ts';
import { number, object, string, validate } from '../schema.ts';
import { readOnly } from './base.ts';
import { setAsync, stored, unmodelled, type Field, type Layer, type Table } from './property.ts';

/** `figma.mixed`. */
export const MIXED = Symbol('figma.mixed');

const DEFAULT_FONT = { family: 'Inter', style: 'Regular' };
/** Of the font's size: a character's width and a line's height. */
const ADVANCE = 0.6;
const LEADING = 1.21;

type Others = DefaultShapeMixin &
  ConstraintMixin &
  ComplexStrokesMixin &
  AnnotationsMixin &
  AspectRatioLockMixin & { type: string; clone(): unknown };

const fontSize = stored('fontSize', 12, number(1));
const fontName = stored('fontName', DEFAULT_FONT, object({ family: string, style: string }));

export const text: Table<TextNode, Others> = {
  characters: withFont(stored('characters', '', string)),
  fontSize: withFont(fontSize),
  fontName: {
    ...fontName,
    set(layer, value) {
      requireFont(layer, value);
      fontName.set?.(layer, value);
    },
  },
  hasMissingFont: readOnly(() => false),
  setRangeFills: { call: setRangeFills },
  textStyleId: setAsync('', 'node.setTextStyleIdAsync'),
  ...unmodelled('textAlignHorizontal', 'textAlignVertical', 'textAutoResize', 'textTruncation', 'maxLines'),
  ...unmodelled('autoRename', 'setTextStyleIdAsync', 'fontWeight', 'textCase', 'openTypeFeatures'),
  ...unmodelled('letterSpacing', 'hyperlink', 'insertCharacters', 'deleteCharacters', 'getRangeFontSize'),
  ...unmodelled('setRangeFontSize', 'getRangeFontName', 'setRangeFontName', 'getRangeFontWeight'),
  ...unmodelled('getRangeAllFontNames', 'getRangeTextCase', 'setRangeTextCase', 'getRangeFills'),
  ...unmodelled('getRangeOpenTypeFeatures', 'getRangeLetterSpacing', 'setRangeLetterSpacing'),
  ...unmodelled('getRangeHyperlink', 'setRangeHyperlink', 'getRangeTextStyleId', 'setRangeTextStyleId'),
  ...unmodelled('setRangeTextStyleIdAsync', 'getRangeFillStyleId', 'setRangeFillStyleIdAsync'),
  ...unmodelled('setRangeFillStyleId', 'getRangeBoundVariable', 'setRangeBoundVariable'),
  ...unmodelled('getStyledTextSegments', 'paragraphIndent', 'paragraphSpacing', 'textWrapStyle'),
  ...unmodelled('listSpacing', 'hangingPunctuation', 'hangingList', 'textDecoration'),
  ...unmodelled('textDecorationStyle', 'textDecorationOffset', 'textDecorationThickness'),
  ...unmodelled('textDecorationColor', 'textDecorationSkipInk', 'lineHeight', 'leadingTrim'),
  ...unmodelled('getRangeTextDecoration', 'setRangeTextDecoration', 'getRangeTextDecorationStyle'),
  ...unmodelled('setRangeTextDecorationStyle', 'getRangeTextDecorationOffset', 'getRangeLineHeight'),
  ...unmodelled('setRangeTextDecorationOffset', 'getRangeTextDecorationThickness', 'setRangeLineHeight'),
  ...unmodelled('setRangeTextDecorationThickness', 'getRangeTextDecorationColor', 'getRangeListOptions'),
  ...unmodelled('setRangeTextDecorationColor', 'getRangeTextDecorationSkipInk', 'setRangeListOptions'),
  ...unmodelled('setRangeTextDecorationSkipInk', 'getRangeListSpacing', 'setRangeListSpacing'),
  ...unmodelled('getRangeIndentation', 'setRangeIndentation', 'getRangeParagraphIndent'),
  ...unmodelled('setRangeParagraphIndent', 'getRangeParagraphSpacing', 'setRangeParagraphSpacing'),
  ...unmodelled('getRangeTextWrapStyle', 'setRangeTextWrapStyle'),
};

const charactersOf = ({ props }: NodeRecord): string =>
  typeof props['characters'] === 'string' ? props['characters'] : '';

export const fontKey = ({ family, style }: typeof DEFAULT_FONT): string => `${family} ${style}`;

function requireFont({ session, node }: Layer, font: unknown = node.props['fontName']): void {
  const name = fontKey((font ?? DEFAULT_FONT) as typeof DEFAULT_FONT);
  if (session.fonts.has(name)) return;
  throw new FigmaError(
    `Cannot write to node with unloaded font "${name}". ` +
      'Please call figma.loadFontAsync({ family: "…", style: "…" }) and await the returned promise first.',
  );
}

/** Needs the node's font, and sizes the text anew. */
function withFont(property: Field): Field {
  return {
    ...property,
    set(layer, value) {
      requireFont(layer);
      property.set?.(layer, value);
      const size = layer.node.props['fontSize'] ?? 12;
      const lines = charactersOf(layer.node).split('\n');
      const longest = Math.max(...lines.map((line) => line.length));
      layer.session.document.setProps(layer.id, {
        width: longest * Number(size) * ADVANCE,
        height: Math.round(lines.length * Number(size) * LEADING),
      });
    },
  };
}

function setRangeFills({ session, id, node }: Layer, start: unknown, end: unknown, value: unknown): void {
  const { length } = charactersOf(node);
  const range = typeof start === 'number' && typeof end === 'number' && start < end && end <= length;
  assert(range, 'Range outside of available characters');
  validate('fills', paints, value);
  const whole = start === 0 && end === length;
  session.document.setProps(id, { fills: whole ? normalized(value as readonly Paint[]) : MIXED });
}
