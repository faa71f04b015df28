/** Where the photo lies in the frame, moved by hand: pure arithmetic over shared/geometry.ts. */
import {
  clipToFrame,
  placePhoto,
  type Placement,
  type Point,
  type Rectangle,
  type Size,
} from '../../../shared/geometry.ts';

/** Photo and frame have the same proportions when the zoom has less room than this. */
const LEAST_ROOM = 1.005;

/** The zoom at which the photo covers the frame; 1 where it always does. */
export function maxZoomOf(photo: Size, frame: Size): number {
  const across = frame.width / photo.width;
  const down = frame.height / photo.height;
  const zoom = Math.max(across, down) / Math.min(across, down);
  return zoom < LEAST_ROOM ? 1 : zoom;
}

/** Room beside the photo in each direction, in frame pixels; negative where the photo is cropped, 0 where it fits. */
export function roomOf({ photo }: Placement, frame: Size): Point {
  return { x: frame.width - photo.width, y: frame.height - photo.height };
}

/** The anchor after the photo was moved by so many frame pixels from where it lay. */
export function moveAnchor(anchor: Point, by: Point, room: Point): Point {
  return { x: movedAlong(anchor.x, by.x, room.x), y: movedAlong(anchor.y, by.y, room.y) };
}

/** Where an anchor lands near an edge or the middle, it snaps to it: within `reach` frame pixels. */
export function snapAnchor(anchor: Point, room: Point, reach: number): Point {
  return { x: snapAlong(anchor.x, room.x, reach), y: snapAlong(anchor.y, room.y, reach) };
}

/** The share of the frame that is not the photo's: 0 to 1. */
export function madeShare({ photo }: Placement, frame: Size): number {
  const kept = clipToFrame(photo, frame);
  return 1 - (kept ? (kept.width * kept.height) / (frame.width * frame.height) : 0);
}

/** A rectangle in percents of the frame, for placing it over a drawing of any size. */
export function percentsOf({ x, y, width, height }: Rectangle, frame: Size): Record<string, string> {
  return {
    left: `${(100 * x) / frame.width}%`,
    top: `${(100 * y) / frame.height}%`,
    width: `${(100 * width) / frame.width}%`,
    height: `${(100 * height) / frame.height}%`,
  };
}

/** `placePhoto` for what the interface shows. */
export function placementOf(
  photo: Size,
  request: { readonly width: number; readonly height: number; readonly anchor: Point; readonly zoom: number },
): Placement {
  return placePhoto(photo, request, request.anchor, request.zoom);
}

function movedAlong(anchor: number, by: number, room: number): number {
  if (Math.abs(room) < 1) return anchor;
  return Math.min(1, Math.max(0, anchor + by / room));
}

function snapAlong(anchor: number, room: number, reach: number): number {
  if (Math.abs(room) < 1) return anchor;
  for (const target of [0, 0.5, 1]) if (Math.abs((anchor - target) * room) <= reach) return target;
  return anchor;
}
