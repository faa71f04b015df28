/** The stage while a panorama is composed: a place for the photo, then the frame with the photo in it. */
import { PHOTO_LIMITS } from '../../../shared/protocol.ts';
import type { Formats } from '../format.ts';
import type { PhotoProblem } from '../photo-file.ts';
import type { Text } from '../text/text.ts';
import { Notice } from './controls.tsx';
import { useApp } from './context.ts';
import { FileButton } from './FileButton.tsx';
import { FrameOutline } from './FrameOutline.tsx';
import { SendingNotice } from './SendingNotice.tsx';

export function ComposeStage() {
  const { photo, text: words, formats } = useApp();
  const text = words.value;
  const problem = photo.problem.value;
  return (
    <>
      <SendingNotice />
      {problem && (
        <Notice kind="error">
          <p>{problemText(problem, text, formats.value)}</p>
        </Notice>
      )}
      {photo.photo.value ? <FrameOutline photo={photo.photo.value} /> : <EmptyStage />}
    </>
  );
}

function EmptyStage() {
  const { photo, composer, text: words, formats } = useApp();
  const text = words.value.photo;
  const frame = composer.frame.value ?? { width: 3, height: 2 };
  // An outline of the frame's shape that stays within its box however extreme the shape.
  const ratio = Math.min(6, Math.max(0.4, frame.width / frame.height));
  return (
    <div class="empty-stage">
      <div class="empty-shape" style={{ '--ratio': String(ratio) }} aria-hidden="true">
        <div class="empty-photo" />
      </div>
      <h2>{photo.reading.value ? text.reading : text.drop}</h2>
      <p class="empty-row">
        <span>{text.or}</span>
        <FileButton kind="plain" describedBy="accepted-photos">
          {text.choose}
        </FileButton>
      </p>
      <p class="secondary" id="accepted-photos">
        {text.accepted(formats.value.bytes(PHOTO_LIMITS.bytes))}
      </p>
    </div>
  );
}

/** Why a file is not taken, in one line. */
export function problemText(problem: PhotoProblem, { photo }: Text, formats: Formats): string {
  const texts = photo.problems;
  switch (problem.type) {
    case 'empty':
      return texts.empty;
    case 'damaged':
      return texts.damaged;
    case 'too-heavy':
      return texts['too-heavy'](formats.bytes(problem.bytes), formats.bytes(PHOTO_LIMITS.bytes));
    case 'foreign':
      return texts.foreign(problem.format);
    case 'too-many-pixels':
      return texts['too-many-pixels'](formats.size(problem.size), formats.number(PHOTO_LIMITS.pixels / 1e6));
    case 'too-small':
      return texts['too-small'](formats.size(problem.size), formats.number(PHOTO_LIMITS.minSide));
    case 'too-narrow':
      return texts['too-narrow'](formats.size(problem.size), formats.number(PHOTO_LIMITS.maxAspectRatio));
    default:
      return problem satisfies never;
  }
}
