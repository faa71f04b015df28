/** What it will take, the button that starts it, and beneath that what still hinders. */
import { useId } from 'preact/hooks';
import { EstimateLines } from './EstimateLines.tsx';

interface StartBarProps {
  readonly children: string;
  /** Null where nothing hinders. */
  readonly reason: string | null;
  readonly onStart: () => void;
  /** Pressed although something hinders. */
  readonly onHindered?: () => void;
}

export function StartBar({ children, reason, onStart, onHindered }: StartBarProps) {
  const id = useId();
  return (
    <div class="panel-foot">
      <EstimateLines />
      <button
        type="button"
        class="button primary wide large"
        aria-disabled={reason !== null}
        aria-describedby={reason === null ? undefined : id}
        onClick={reason === null ? onStart : onHindered}
      >
        <span>{children}</span>
      </button>
      {reason !== null && (
        <p class="reason secondary" id={id}>
          {reason}
        </p>
      )}
    </div>
  );
}
