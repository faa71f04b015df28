/** What stands between the window and its server, with the way to it. */
import { Button, Notice } from '../../ui/components/controls.tsx';
import { useFigma } from './context.ts';

export function ConnectionLine() {
  const app = useFigma();
  const words = app.words.value.connection;
  const { state } = app.connection.state.value;
  if (state === 'connecting' || state === 'ready') return null;
  return (
    <Notice
      kind="warning"
      title={words[state].title}
      actions={
        <>
          {state === 'away' && (
            <Button disabled={app.connection.looking.value} onClick={() => void app.connection.look()}>
              {words.look}
            </Button>
          )}
          <Button onClick={() => app.show('server')}>{words.check}</Button>
        </>
      }
    >
      <p>{words[state].text}</p>
    </Notice>
  );
}
