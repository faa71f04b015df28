/** A scaled drawing of the frame with the photo where it will lie; the photo is moved by hand or by keys. */
import { useRef, useState } from 'preact/hooks';
import type { Point, Size } from '../../../shared/geometry.ts';
import type { Photo } from '../models/photo.ts';
import { madeShare, moveAnchor, percentsOf, placementOf, roomOf, snapAnchor } from '../models/outline.ts';
import type { Text } from '../text/text.ts';
import type { Formats } from '../format.ts';
import { useInterface } from './context.ts';
import { OutlineTools } from './OutlineTools.tsx';

/** In pixels of the screen. */
const SNAP_REACH = 6;
/** Of the room, for one press of an arrow key; ten times that with Shift. */
const KEY_STEP = 0.01;

export function FrameOutline({ photo }: { photo: Photo }) {
  const { composer, busy: sending, text: words, formats } = useInterface();
  const text = words.value;
  // While a side is being typed the frame before it stays, paler.
  const last = useRef<Size | null>(null);
  const valid = composer.frame.value;
  if (valid) last.current = valid;
  const frame = last.current;
  if (!frame) return <p class="stage-hint middle">{text.outline.sizeProblem}</p>;
  const mode = composer.mode.value;
  const busy = sending.value;
  const placement = placementOf(photo.size, {
    ...frame,
    anchor: composer.anchor.value,
    zoom: composer.zoom.value,
  });
  const made = madeShare(placement, frame);
  const hint = {
    extend:
      made < 0.001 ? text.outline.covers : text.outline.made(formats.value.percent(Math.max(0.01, made))),
    retarget: text.outline.retarget,
    reimagine: text.outline.reimagine,
  }[mode];
  return (
    <>
      <div class="fit-area" style={{ '--ratio': String(frame.width / frame.height) }}>
        <div
          class={`fit frame${busy ? ' busy' : ''}${valid ? '' : ' stale'}`}
          role="group"
          aria-label={text.outline.heading}
        >
          <div class="frame-inside">
            {mode === 'extend' ? <MovablePhoto photo={photo} frame={frame} /> : <Backdrop photo={photo} />}
          </div>
          <span class="frame-size">{formats.value.size(frame)}</span>
        </div>
      </div>
      <div class="stage-foot">
        <p class="stage-hint" aria-live="polite">
          {busy ? text.make.sending : valid ? hint : text.outline.sizeProblem}
        </p>
        {mode === 'extend' && <OutlineTools photo={photo.size} frame={frame} />}
      </div>
    </>
  );
}

/** The photo without a place of its own. */
function Backdrop({ photo }: { photo: Photo }) {
  return photo.url === null ? null : <img class="outline-backdrop" src={photo.url} alt="" />;
}

function MovablePhoto({ photo, frame }: { photo: Photo; frame: Size }) {
  const { composer, text: words, formats } = useInterface();
  const text = words.value.outline;
  const group = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: Point; anchor: Point; pixel: number } | null>(null);
  const anchor = composer.anchor.value;
  const placement = placementOf(photo.size, { ...frame, anchor, zoom: composer.zoom.value });
  const room = roomOf(placement, frame);
  const free = { x: Math.abs(room.x) >= 1, y: Math.abs(room.y) >= 1 };

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || (!free.x && !free.y)) return;
    const inside = group.current?.parentElement;
    if (!group.current || !inside) return;
    event.preventDefault();
    group.current.setPointerCapture(event.pointerId);
    group.current.querySelector<HTMLInputElement>('input:enabled')?.focus({ preventScroll: true });
    const pixel = frame.width / inside.getBoundingClientRect().width;
    setDrag({ from: { x: event.clientX, y: event.clientY }, anchor, pixel });
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!drag) return;
    const by = {
      x: (event.clientX - drag.from.x) * drag.pixel,
      y: (event.clientY - drag.from.y) * drag.pixel,
    };
    composer.anchor.value = snapAnchor(moveAnchor(drag.anchor, by, room), room, SNAP_REACH * drag.pixel);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    if (!direction) return;
    event.preventDefault();
    const step = KEY_STEP * (event.shiftKey ? 10 : 1);
    const by = { x: direction.x * Math.abs(room.x) * step, y: direction.y * Math.abs(room.y) * step };
    composer.anchor.value = moveAnchor(anchor, by, room);
  };

  const value = (axis: 'x' | 'y') => placeWords(axis, anchor, room, text, formats.value);
  const input = (axis: 'x' | 'y', label: string) => (
    <input
      class="visually-hidden"
      type="range"
      min="0"
      max="1"
      step="any"
      value={anchor[axis]}
      disabled={!free[axis]}
      aria-label={label}
      aria-orientation={axis === 'x' ? 'horizontal' : 'vertical'}
      aria-valuetext={value(axis)}
      onInput={(event) => {
        composer.anchor.value = { ...anchor, [axis]: Number(event.currentTarget.value) };
      }}
    />
  );
  return (
    <>
      <div
        ref={group}
        class={`outline-photo${free.x || free.y ? ' movable' : ''}${drag ? ' moved' : ''}`}
        style={{
          ...percentsOf(placement.photo, frame),
          touchAction: free.x && free.y ? 'none' : free.x ? 'pan-y' : 'pan-x',
        }}
        role="group"
        aria-label={text.photo}
        title={text.hint}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => setDrag(null)}
        onPointerCancel={() => setDrag(null)}
        onKeyDown={onKeyDown}
      >
        {photo.url === null ? (
          <span class="unseen-photo">{words.value.photo.noPreview}</span>
        ) : (
          <img src={photo.url} alt={words.value.photo.alt} draggable={false} />
        )}
        {input('x', text.horizontal)}
        {input('y', text.vertical)}
      </div>
      {drag && free.x && anchor.x === 0.5 && <div class="guide upright" />}
      {drag && free.y && anchor.y === 0.5 && <div class="guide level" />}
    </>
  );
}

const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Where the photo lies along one axis, in words. */
function placeWords(
  axis: 'x' | 'y',
  anchor: Point,
  room: Point,
  text: Text['outline'],
  formats: Formats,
): string {
  if (Math.abs(room[axis]) < 1) return text.noRoom;
  const at = anchor[axis];
  if (at === 0.5) return text.middle;
  if (at === 0) return axis === 'x' ? text.left : text.top;
  if (at === 1) return axis === 'x' ? text.right : text.bottom;
  const percent = formats.percent(at);
  return axis === 'x' ? text.across(percent) : text.down(percent);
}
