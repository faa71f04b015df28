/** Figma's window: two tabs, the server and the help. */
import { useEffect, useRef } from 'preact/hooks';
import { InterfaceContext } from '../../ui/components/context.ts';
import { Button } from '../../ui/components/controls.tsx';
import type { FigmaApp, Screen } from '../models/figma-app.ts';
import { Announcer } from './Announcer.tsx';
import { Compose } from './Compose.tsx';
import { ConnectionLine } from './ConnectionLine.tsx';
import { FigmaContext, useFigma } from './context.ts';
import { Frames } from './Frames.tsx';
import { Help } from './Help.tsx';
import { Server } from './Server.tsx';

export function Window({ app }: { app: FigmaApp }) {
  return (
    <FigmaContext.Provider value={app}>
      <InterfaceContext.Provider value={app}>
        <Screens />
      </InterfaceContext.Provider>
    </FigmaContext.Provider>
  );
}

function Screens() {
  const app = useFigma();
  const language = app.preferences.language.value;
  const screen = app.screen.value;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [screen]);
  return (
    <div class="window">
      <WindowHeader />
      <main class="window-main" ref={main} tabIndex={-1}>
        {(screen === 'compose' || screen === 'frames') && (
          <div class="window-notices">
            <ConnectionLine />
          </div>
        )}
        <ScreenOf screen={screen} />
      </main>
      <Announcer />
    </div>
  );
}

function ScreenOf({ screen }: { screen: Screen }) {
  switch (screen) {
    case 'compose':
      return <Compose />;
    case 'frames':
      return <Frames />;
    case 'server':
      return <Server />;
    case 'help':
      return <Help />;
    default:
      return screen satisfies never;
  }
}

function WindowHeader() {
  const app = useFigma();
  const words = app.words.value;
  const screen = app.screen.value;
  const count = app.fills.all.value.length;
  const tab = (name: 'compose' | 'frames', label: string) => (
    <button
      type="button"
      class="tab"
      aria-current={screen === name ? 'page' : undefined}
      onClick={() => app.show(name)}
    >
      {label}
      {name === 'frames' && count > 0 && <span class="count">{app.formats.value.number(count)}</span>}
    </button>
  );
  return (
    <header class="window-header">
      <h1 class="visually-hidden">{app.text.value.title}</h1>
      <nav class="tabs" aria-label={words.tabs.label}>
        {tab('compose', words.tabs.compose)}
        {tab('frames', words.tabs.frames)}
      </nav>
      <Button
        kind="quiet"
        icon="gear"
        label={words.server.menu}
        pressed={screen === 'server'}
        onClick={() => app.show('server')}
      />
      <Button
        kind="quiet"
        icon="help"
        label={words.help}
        pressed={screen === 'help'}
        onClick={() => app.show('help')}
      />
    </header>
  );
}
