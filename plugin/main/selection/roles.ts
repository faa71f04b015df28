/** Which of the selected layers are pictures, and which are to be filled. */
import type { SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import {
  ancestorsOf,
  fromTheTop,
  isFillable,
  isFrameLike,
  isGroup,
  isShape,
  type Fillable,
  type FrameLike,
} from '../layers.ts';
import {
  drawn,
  imagesOf,
  picturesOfFrame,
  picturesOfLayer,
  picturesWithin,
  type Picture,
} from './pictures.ts';

export interface Roles {
  /** Likeliest first. */
  readonly pictures: readonly Picture[];
  /** Likeliest first. */
  readonly targets: readonly Fillable[];
  /** All targets are filled. */
  readonly several: boolean;
  /** Of a picture layer that may be filled itself, or the frame it lies in: the order depends on what it shows. */
  readonly undecided: { readonly picture: Picture; readonly frame: FrameLike } | null;
}

export function rolesOf(selection: readonly SceneNode[]): Roles {
  const sorted = fromTheTop(selection);
  const frames = sorted.filter(isFrameLike);
  const layers = sorted.filter((node) => !isFrameLike(node));
  const [frame] = frames;
  if (frame && frames.length === 1) return oneFrame(frame, layers);
  return frames.length > 1 ? severalFrames(frames, layers) : noFrame(layers);
}

function oneFrame(frame: FrameLike, layers: readonly SceneNode[]): Roles {
  const chosen = layers.flatMap(picturesBeside);
  const pictures = chosen.length > 0 ? [...chosen, ...imagesOf(frame)] : picturesOfFrame(frame);
  return { pictures, targets: [frame], several: false, undecided: null };
}

/** One source for all: a layer of its own, else what the frames have themselves, else what lies in them. */
function severalFrames(frames: readonly FrameLike[], layers: readonly SceneNode[]): Roles {
  const own = [...layers.flatMap(picturesBeside), ...frames.flatMap((frame) => imagesOf(frame).slice(0, 1))];
  const pictures = own.length > 0 ? own : frames.flatMap(picturesWithin);
  return { pictures, targets: frames, several: true, undecided: null };
}

/** Plain shapes beside pictures are to be filled; else the frame that the pictures lie in, or they themselves. */
function noFrame(layers: readonly SceneNode[]): Roles {
  const pictures = layers.flatMap(picturesOfLayer);
  const pictured = new Set(pictures.map(({ node }) => node.id));
  const plain = layers.filter(isShape).filter(({ id }) => !pictured.has(id));
  if (plain.length > 0) return { pictures, targets: plain, several: plain.length > 1, undecided: null };
  if (pictures.length === 0) return { pictures, targets: [], several: false, undecided: null };
  const frame = frameAround(layers);
  const themselves = layers
    .filter(isFillable)
    .filter((node) => pictures.some((each) => each.node.id === node.id && each.rendered !== 'vector'));
  const [picture] = pictures;
  const [only] = themselves;
  const undecided = frame && picture && only && layers.length === 1 ? { picture, frame } : null;
  return { pictures, targets: frame ? [frame, ...themselves] : themselves, several: false, undecided };
}

/** A group without pictures in it is one as a whole, where something else is there to be filled. */
function picturesBeside(layer: SceneNode): Picture[] {
  const pictures = picturesOfLayer(layer);
  return pictures.length === 0 && isGroup(layer) ? [drawn(layer, 'layer')] : pictures;
}

/** The nearest frame that all of them lie in. */
function frameAround(layers: readonly SceneNode[]): FrameLike | null {
  const [first, ...others] = layers;
  if (!first) return null;
  const around = others.map((layer) => new Set(ancestorsOf(layer).map(({ id }) => id)));
  return (
    ancestorsOf(first)
      .filter(isFrameLike)
      .find(({ id }) => around.every((ids) => ids.has(id))) ?? null
  );
}
