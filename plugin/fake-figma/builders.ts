/** Documents for tests, made with Figma's own calls in a plugin that is closed before the test begins. */
import type {
  ComponentNode,
  EllipseNode,
  FrameNode,
  ImagePaint,
  Paint,
  PatternPaint,
  PluginAPI,
  RectangleNode,
  SceneNode,
  SectionNode,
  SliceNode,
  TextNode,
  VectorNode,
  VideoPaint,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FakeDocument } from './document.ts';
import { createFakeFigma } from './fake-figma.ts';

interface Made {
  readonly FRAME: FrameNode;
  readonly COMPONENT: ComponentNode;
  readonly SECTION: SectionNode;
  readonly RECTANGLE: RectangleNode;
  readonly ELLIPSE: EllipseNode;
  readonly VECTOR: VectorNode;
  readonly TEXT: TextNode;
  readonly SLICE: SliceNode;
}

type Parent = Extract<SceneNode, { appendChild(child: SceneNode): void }>;

/** A node's own properties, with its size and the parent it goes into. */
type Given<N> = Partial<Omit<N, 'width' | 'height' | 'parent' | 'fills'>> & {
  readonly width?: number;
  readonly height?: number;
  readonly parent?: Parent;
  readonly fills?: readonly Paint[];
};

const MAKERS = {
  FRAME: 'createFrame',
  COMPONENT: 'createComponent',
  SECTION: 'createSection',
  RECTANGLE: 'createRectangle',
  ELLIPSE: 'createEllipse',
  VECTOR: 'createVector',
  TEXT: 'createText',
  SLICE: 'createSlice',
} as const;

/** Makes a node: `add(figma, 'FRAME', { name: 'Hero', width: 1440, height: 491 })`. */
export function add<T extends keyof Made>(figma: PluginAPI, type: T, given: Given<Made[T]> = {}): Made[T] {
  const { width, height, parent, ...props } = given;
  const node = figma[MAKERS[type]]() as Made[T];
  parent?.appendChild(node);
  if (width !== undefined && height !== undefined) node.resize(width, height);
  return Object.assign(node, props);
}

/** A document without history. The plugin that makes it is closed when `build` is done. */
export async function buildDocument(
  build: (figma: PluginAPI) => void | Promise<void>,
): Promise<FakeDocument> {
  const { figma, document } = createFakeFigma();
  await build(figma);
  figma.closePlugin();
  document.forgetHistory();
  return document;
}

/** A fill with a picture; `options` say how it lies. */
export function imageFill(
  figma: PluginAPI,
  bytes: Uint8Array,
  options: Partial<ImagePaint> = {},
): ImagePaint {
  return { type: 'IMAGE', scaleMode: 'FILL', imageHash: figma.createImage(bytes).hash, ...options };
}

/** Takes a picture's bytes out of the file: its hash stays, its bytes are not to be had. */
export const loseImage = (document: FakeDocument, hash: string): void => void document.images.set(hash, null);

export const gradientFill = (): Paint => ({
  type: 'GRADIENT_LINEAR',
  gradientTransform: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  gradientStops: [
    { position: 0, color: { r: 1, g: 0, b: 0, a: 1 } },
    { position: 1, color: { r: 0, g: 0, b: 1, a: 1 } },
  ],
});

export const videoFill = (): VideoPaint => ({ type: 'VIDEO', scaleMode: 'FILL', videoHash: 'f'.repeat(40) });

/** Needs `await node.setFillsAsync([…])`. */
export const patternFill = (source: SceneNode): PatternPaint => ({
  type: 'PATTERN',
  sourceNodeId: source.id,
  tileType: 'RECTANGULAR',
  scalingFactor: 1,
  spacing: { x: 0, y: 0 },
  horizontalAlignment: 'START',
});
