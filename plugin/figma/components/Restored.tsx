/** What became of frames that were given their originals back. */
import { Notice } from '../../ui/components/controls.tsx';
import { useFigma } from './context.ts';

export function Restored() {
  const app = useFigma();
  const words = app.words.value.restored;
  const restored = app.restored.value;
  if (!restored) return null;
  const { restored: count, failed } = restored;
  return (
    <Notice kind={failed.length > 0 ? 'warning' : 'info'}>
      {count > 0 && <p>{words.done(count)}</p>}
      {failed.length > 0 && <p>{words.failed(failed.join(', '))}</p>}
    </Notice>
  );
}
