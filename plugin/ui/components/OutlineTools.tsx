/** Beneath the frame: how large the photo is in it, and to which edge it goes. */
import { useId } from 'preact/hooks';
import type { Size } from '../../../shared/geometry.ts';
import { maxZoomOf, placementOf, roomOf } from '../models/outline.ts';
import { Button } from './controls.tsx';
import { useInterface } from './context.ts';
import type { IconName } from './Icon.tsx';

const STEPS = 200;

export function OutlineTools({ photo, frame }: { photo: Size; frame: Size }) {
  const { composer, text: words, formats } = useInterface();
  const text = words.value.outline;
  const id = useId();
  const most = maxZoomOf(photo, frame);
  const zoom = Math.min(composer.zoom.value, most);
  // Equal steps look equal when each multiplies.
  const position = most === 1 ? 0 : Math.log(zoom) / Math.log(most);
  const anchor = composer.anchor.value;
  const room = roomOf(placementOf(photo, { ...frame, anchor, zoom }), frame);
  const axis = Math.abs(room.x) >= Math.abs(room.y) ? 'x' : 'y';
  const aligns: readonly [IconName, number, string][] =
    axis === 'x'
      ? [
          ['start', 0, text.alignStart],
          ['middle', 0.5, text.alignMiddle],
          ['end', 1, text.alignEnd],
        ]
      : [
          ['start', 0, text.alignTop],
          ['middle', 0.5, text.alignMiddle],
          ['end', 1, text.alignBottom],
        ];
  if (most === 1) return null;
  return (
    <div class="outline-tools">
      <div class={`aligns ${axis === 'x' ? 'across' : 'down'}`} role="group" aria-label={text.photo}>
        {aligns.map(([icon, value, label]) => (
          <Button
            key={value}
            kind="quiet"
            icon={icon}
            label={label}
            pressed={anchor[axis] === value}
            onClick={() => {
              composer.anchor.value = { ...anchor, [axis]: value };
            }}
          />
        ))}
      </div>
      <div class="zoom">
        <label for={id} class="visually-hidden">
          {text.zoom}
        </label>
        <button type="button" class="link" onClick={() => composer.setZoom(1)}>
          {text.zoomWhole}
        </button>
        <input
          id={id}
          type="range"
          min="0"
          max={STEPS}
          value={Math.round(position * STEPS)}
          style={{ '--share': String(position) }}
          aria-valuetext={position === 1 ? text.zoomFill : text.zoomValue(formats.value.number(zoom, 2))}
          onInput={(event) => composer.setZoom(most ** (Number(event.currentTarget.value) / STEPS))}
        />
        <button type="button" class="link" onClick={() => composer.setZoom(most)}>
          {text.zoomFill}
        </button>
      </div>
    </div>
  );
}
