/** How a panorama stands, in words. */
import type { Panorama } from '../../../shared/protocol.ts';
import type { Formats } from '../format.ts';
import type { Text } from '../text/text.ts';

/** The phase while it works, else the status. Changes seldom enough to be read aloud. */
export function headline({ status, phase }: Panorama, { job }: Text): string {
  if (status !== 'running') return job.statuses[status];
  return phase === null ? job.starting : job.phases[phase];
}

/** Place in the queue, scale, remaining time; how long it took once it has ended. */
export function progressLine(panorama: Panorama, text: Text, formats: Formats): string {
  const { status, queuePosition, remaining, progress, startedAt, endedAt } = panorama;
  const left =
    remaining === null || remaining.high < 1 ? [] : [text.job.remaining(formats.seconds(remaining))];
  switch (status) {
    case 'queued': {
      const place = queuePosition === null || queuePosition <= 1;
      const position = place ? text.job.next : text.job.position(formats.number(queuePosition));
      return [position, ...left].join(' · ');
    }
    case 'running': {
      const { scale, scales } = progress;
      const training = panorama.phase === 'train' && scale !== null && scales !== null;
      return [...(training ? [text.job.scale(scale, scales)] : []), ...left].join(' · ');
    }
    case 'succeeded':
    case 'failed':
    case 'canceled': {
      if (startedAt === null || endedAt === null) return '';
      const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
      return `${text.facts.took} ${formats.seconds({ low: seconds, high: seconds })}`;
    }
    default:
      return status satisfies never;
  }
}

/** What is read aloud when it changes: the phase with its scale, the place in the queue, the end with its reason. */
export function announcement(panorama: Panorama, text: Text, formats: Formats): string {
  const { status, error, queuePosition, progress, phase } = panorama;
  const head = headline(panorama, text);
  if (status === 'failed' && error) return `${head}. ${error.message}`;
  if (status === 'queued' && queuePosition !== null && queuePosition > 1) {
    return `${head}. ${text.job.position(formats.number(queuePosition))}`;
  }
  if (phase === 'train' && progress.scale !== null && progress.scales !== null && status === 'running') {
    return `${head}. ${text.job.scale(progress.scale, progress.scales)}`;
  }
  return head;
}
