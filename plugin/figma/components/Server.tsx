/** The server's address and token, and what stands between it and the window. */
import { ServerSetup } from '../../ui/components/ServerSetup.tsx';
import { Section } from '../../ui/components/controls.tsx';
import { useFigma } from './context.ts';

export function Server() {
  const app = useFigma();
  return (
    <div class="window-scroll">
      <Section heading={app.words.value.serverHeading}>
        <ServerSetup setup={app.setup} onDone={() => app.show('compose')} />
      </Section>
    </div>
  );
}
