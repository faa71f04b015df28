/** How a frame stands, in words. */
import { headline } from '../../ui/components/job-words.ts';
import { isConnectionError } from '../../ui/models/call-errors.ts';
import type { Formats } from '../../ui/format.ts';
import type { Text } from '../../ui/text/text.ts';
import type { Fill, Obstacle } from '../models/fill.ts';
import type { Words } from '../text/words.ts';

/** One line: what it is doing, or how it ended. */
export function fillTitle(fill: Fill, words: Words, text: Text, formats: Formats): string {
  const state = fill.state.value;
  const { frames } = words;
  const size = formats.size(fill.pending.pixels);
  const panorama = fill.job.panorama.value;
  switch (state.state) {
    case 'sending':
      return frames.sending;
    case 'working':
      return panorama ? headline(panorama, text) : text.job.loading;
    case 'placing':
      return frames.placing;
    case 'placed': {
      const count = fill.variants.length;
      if (state.variant === 0 || count < 2) return frames.placed(size);
      return frames.placedVariant(state.variant, count, size);
    }
    case 'obstructed':
      return obstacleWords(state.obstacle, words, formats, size).title;
    case 'lost':
      return isConnectionError(state.error) ? frames.lost : frames.unfollowed;
    case 'unsent':
    case 'unplaced':
    case 'gone':
    case 'canceled':
    case 'failed':
      return frames[state.state];
    default:
      return state satisfies never;
  }
}

/** What stands in the way, and what was expected. */
export function obstacleWords(
  obstacle: Obstacle,
  { frames }: Words,
  formats: Formats,
  size: string,
): { title: string; text: string } {
  switch (obstacle.problem) {
    case 'deleted':
    case 'locked':
    case 'refused':
      return frames.obstacles[obstacle.problem];
    case 'resized':
      return frames.obstacles.resized(size, formats.size(obstacle.pixels));
    case 'wrong-size': {
      const got = obstacle.got ? `${formats.size(obstacle.got)} px` : frames.unknownSize;
      return frames.obstacles['wrong-size'](got, formats.size(obstacle.expected));
    }
    default:
      return obstacle satisfies never;
  }
}
