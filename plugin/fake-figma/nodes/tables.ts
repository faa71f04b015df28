/** Which properties each type of node has. */
import type {
  ComponentNode,
  ComponentSetNode,
  DocumentNode,
  EllipseNode,
  FrameNode,
  GroupNode,
  InstanceNode,
  PageNode,
  RectangleNode,
  SectionNode,
  SliceNode,
  TextNode,
  VectorNode,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FakeNodeType } from '../document.ts';
import { boolean } from '../schema.ts';
import * as looks from './appearance.ts';
import { base, scene, variableModes } from './base.ts';
import { children } from './children.ts';
import { component, componentProperties, instance, publishable } from './components.ts';
import * as places from './layout.ts';
import { documentNode, page } from './pages.ts';
import { stored, unmodelled, type Property, type Table } from './property.ts';
import { text } from './text.ts';

const annotations = unmodelled('annotations');

const shape = {
  ...base,
  ...scene,
  ...looks.reactions,
  ...looks.blend,
  ...looks.geometry,
  ...places.layout,
  ...looks.exporting,
  ...places.constraints,
  ...looks.complexStrokes,
  ...annotations,
};

const frame = {
  ...shape,
  ...children,
  ...looks.backgrounds,
  ...looks.corners,
  ...looks.rectangleCorners,
  ...looks.individualStrokes,
  ...looks.prototyping,
  ...places.autoLayout,
  ...places.grid,
  ...places.aspectRatio,
  clipsContent: stored('clipsContent', true, boolean),
  ...unmodelled('expanded', 'devStatus', 'detachedInfo', 'layoutGrids', 'gridStyleId'),
  ...unmodelled('setGridStyleIdAsync', 'guides', 'inferredAutoLayout'),
} satisfies Table<FrameNode>;

const group: Table<GroupNode> = {
  ...base,
  ...scene,
  ...looks.reactions,
  ...children,
  ...looks.backgrounds,
  ...looks.blend,
  ...places.layout,
  ...looks.exporting,
  ...places.aspectRatio,
  ...unmodelled('expanded'),
};

const section: Table<SectionNode> = {
  ...base,
  ...scene,
  ...children,
  ...looks.fills,
  ...looks.strokes,
  ...looks.exporting,
  ...places.dimensions,
  ...places.sizing,
  ...places.aspectRatio,
  ...looks.corners,
  ...looks.rectangleCorners,
  ...unmodelled('devStatus', 'sectionContentsHidden'),
};

const rectangle: Table<RectangleNode> = {
  ...shape,
  ...looks.corners,
  ...looks.rectangleCorners,
  ...looks.individualStrokes,
  ...places.aspectRatio,
};

const ellipse: Table<EllipseNode> = {
  ...shape,
  ...looks.corners,
  ...places.aspectRatio,
  ...unmodelled('arcData'),
};

const vector: Table<VectorNode> = {
  ...shape,
  ...looks.corners,
  ...places.aspectRatio,
  ...unmodelled('vectorNetwork', 'setVectorNetworkAsync', 'vectorPaths', 'handleMirroring'),
};

const slice: Table<SliceNode> = { ...base, ...scene, ...places.layout, ...looks.exporting };

export const TABLES: Readonly<Record<FakeNodeType, Readonly<Record<string, Property>>>> = {
  DOCUMENT: { ...base, ...children, ...documentNode } satisfies Table<DocumentNode>,
  PAGE: { ...base, ...children, ...looks.exporting, ...variableModes, ...page } satisfies Table<PageNode>,
  FRAME: frame,
  GROUP: group,
  SECTION: section,
  COMPONENT: { ...frame, ...component } satisfies Table<ComponentNode>,
  COMPONENT_SET: {
    ...frame,
    ...publishable,
    ...componentProperties,
    ...unmodelled('defaultVariant', 'variantGroupProperties'),
  } satisfies Table<ComponentSetNode>,
  INSTANCE: { ...frame, ...instance } satisfies Table<InstanceNode>,
  RECTANGLE: rectangle,
  ELLIPSE: ellipse,
  VECTOR: vector,
  TEXT: { ...shape, ...places.aspectRatio, ...text } satisfies Table<TextNode>,
  SLICE: slice,
};
