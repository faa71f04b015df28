/** What it will take, and the button that starts it. */
import { StartBar } from '../../ui/components/StartBar.tsx';
import { useFigma } from './context.ts';

export function FillBar() {
  const app = useFigma();
  const words = app.words.value.fill;
  const hindrance = app.hindrance.value;
  const count = app.choice.targets.value.filter(({ plan }) => plan.ok).length;
  return (
    <StartBar
      reason={hindrance === null ? null : words.hindrances[hindrance]}
      onStart={() => void app.fill()}
    >
      {count > 1 ? words.many(count) : words.one}
    </StartBar>
  );
}
