/** What stands between the window and its server, with the way to it. */
import { Button, Notice } from '../../ui/components/controls.tsx';
import { useFigma } from './context.ts';

export function ConnectionLine() {
  const app = useFigma();
  const words = app.words.value.connection;
  const { state } = app.connection.state.value;
  if (state === 'connecting' || state === 'ready') return null;
  const { title, text } = words[app.unknownServer.value ? 'unknown' : state];
  return (
    <Notice
      kind="warning"
      title={title}
      actions={
        <>
          {state === 'away' && (
            <Button disabled={app.connection.looking.value} onClick={() => void app.connection.look()}>
              {words.look}
            </Button>
          )}
          <Button onClick={() => app.show('server')}>
            {app.unknownServer.value ? words.enter : words.check}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Notice>
  );
}
