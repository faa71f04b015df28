/** What it will take, and the button that starts it. */
import { useId } from 'preact/hooks';
import { EstimateLines } from '../../ui/components/EstimateLines.tsx';
import { useFigma } from './context.ts';

export function FillBar() {
  const app = useFigma();
  const words = app.words.value.fill;
  const hindrance = app.hindrance.value;
  const count = app.choice.targets.value.filter(({ plan }) => plan.ok).length;
  const id = useId();
  return (
    <div class="panel-foot">
      <EstimateLines />
      <button
        type="button"
        class="button primary wide large"
        aria-disabled={hindrance !== null}
        aria-describedby={hindrance === null ? undefined : id}
        onClick={() => {
          if (hindrance === null) void app.fill();
        }}
      >
        <span>{count > 1 ? words.many(count) : words.one}</span>
      </button>
      {hindrance !== null && (
        <p class="reason secondary" id={id}>
          {words.hindrances[hindrance]}
        </p>
      )}
    </div>
  );
}
