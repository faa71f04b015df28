/** How the photo's way to the server went, where it did not simply arrive. */
import { Button, Notice } from './controls.tsx';
import { useApp } from './context.ts';
import { ErrorNotice } from './ErrorNotice.tsx';

export function SendingNotice() {
  const app = useApp();
  const text = app.text.value.make;
  const { sending } = app;
  const state = sending.state.value;
  switch (state.state) {
    case 'idle':
    case 'sending':
      return null;
    case 'lost':
      return (
        <Notice
          kind="warning"
          title={text.lostTitle}
          actions={<Button onClick={() => sending.dismiss()}>{text.dismiss}</Button>}
        >
          <p>{text.lost}</p>
        </Notice>
      );
    case 'failed':
      return (
        <ErrorNotice
          title={text.failed}
          error={{ call: state.error }}
          actions={
            <>
              <Button kind="primary" onClick={() => void app.retrySending()}>
                {text.retry}
              </Button>
              <Button onClick={() => sending.dismiss()}>{text.dismiss}</Button>
            </>
          }
        />
      );
    default:
      return state satisfies never;
  }
}
