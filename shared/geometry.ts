/** Sizes and places, in whole pixels. Pure arithmetic that both ends speak. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the whole photo lies in the frame, in the frame's pixels; with a zoom it may reach beyond the frame. */
export interface Placement {
  readonly photo: Rectangle;
  /** Frame pixels per photo pixel. */
  readonly scale: number;
}

/**
 * Places the photo in the frame for `extend`: uniformly scaled to fit (`zoom` 1) or `zoom` times that, at most
 * until it covers the frame, and laid at `anchor` in the room left over (0 left or top, 1 right or bottom).
 */
export function placePhoto(photo: Size, frame: Size, anchor: Point, zoom: number): Placement {
  const fit = Math.min(frame.width / photo.width, frame.height / photo.height);
  const cover = Math.max(frame.width / photo.width, frame.height / photo.height);
  const scale = Math.min(fit * zoom, cover);
  const width = Math.max(1, Math.round(photo.width * scale));
  const height = Math.max(1, Math.round(photo.height * scale));
  const x = Math.round((frame.width - width) * anchor.x);
  const y = Math.round((frame.height - height) * anchor.y);
  return { photo: { x, y, width, height }, scale };
}

/** The part of `rectangle` that lies inside a frame of `size`, or null where they do not meet. */
export function clipToFrame(rectangle: Rectangle, size: Size): Rectangle | null {
  const left = Math.max(0, rectangle.x);
  const top = Math.max(0, rectangle.y);
  const right = Math.min(size.width, rectangle.x + rectangle.width);
  const bottom = Math.min(size.height, rectangle.y + rectangle.height);
  if (right <= left || bottom <= top) return null;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The frame's size at one scale of the pyramid, where the whole photo measures `level`, and the photo's place in
 * it: the same proportions as in the frame, in whole pixels, at least one.
 */
export function frameAtLevel(frame: Size, photo: Rectangle, level: Size): { frame: Size; photo: Rectangle } {
  const across = level.width / photo.width;
  const down = level.height / photo.height;
  return {
    frame: {
      width: Math.max(1, Math.round(frame.width * across)),
      height: Math.max(1, Math.round(frame.height * down)),
    },
    photo: { x: Math.round(photo.x * across), y: Math.round(photo.y * down), ...sizeOf(level) },
  };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
