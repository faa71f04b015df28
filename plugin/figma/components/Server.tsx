/** The server's address and token, what stands between it and the window, and the way to its page. */
import { Button, Section } from '../../ui/components/controls.tsx';
import { ServerSetup } from '../../ui/components/ServerSetup.tsx';
import { useFigma } from './context.ts';

export function Server() {
  const app = useFigma();
  const words = app.words.value.server;
  const { url, token } = app.connection.address.value;
  return (
    <div class="window-scroll">
      <Section heading={words.heading}>
        <ServerSetup setup={app.setup} onDone={() => app.show('compose')} />
      </Section>
      {app.connection.ready.value && (
        <Section heading={words.page}>
          <p class="secondary">{words.pageText}</p>
          <Button onClick={() => void app.main.ask('openPage', { url: `${url}/#token=${token}` })}>
            {words.openPage}
          </Button>
        </Section>
      )}
    </div>
  );
}
