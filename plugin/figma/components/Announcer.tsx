/** What happens to the frames, for those who cannot see it. */
import { headline } from '../../ui/components/job-words.ts';
import { useFigma } from './context.ts';
import { fillTitle } from './fill-words.ts';

export function Announcer() {
  const app = useFigma();
  const { fills, connection } = app;
  const text = app.text.value;
  const words = app.words.value;
  const formats = app.formats.value;
  const said = fills.all.value.map((fill) => {
    const panorama = fill.job.panorama.value;
    const working = fill.state.value.state === 'working' && panorama;
    const how = working ? headline(panorama, text) : fillTitle(fill, words, text, formats);
    return { key: fill.pending.id, line: `${fill.pending.name}: ${how}` };
  });
  const hint = app.choice.report.value?.hint ?? null;
  const away = connection.state.value.state === 'away';
  const lines = [
    ...(away ? [{ key: 'connection', line: text.connection.awayTitle }] : []),
    ...(hint !== null && app.screen.value === 'compose'
      ? [{ key: 'hint', line: words.hints[hint].title }]
      : []),
    ...said,
  ];
  // What has changed is read out, and nothing else again.
  return (
    <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="false">
      {lines.map(({ key, line }) => (
        <p key={key}>{line}</p>
      ))}
    </div>
  );
}
