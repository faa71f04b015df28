/** The window's start. */
import '../ui/no-eval.ts';
import { render } from 'preact';
import { browserEnvironment } from '../ui/models/check-environment.ts';
import { openChannel } from './channel.ts';
import { Window } from './components/Window.tsx';
import { createFigmaHost } from './figma-host.ts';
import { FigmaApp } from './models/figma-app.ts';
import { fillWithoutWindow } from './models/without-window.ts';
import './style/index.css';

async function start(): Promise<void> {
  const main = openChannel(window);
  const app = new FigmaApp(createFigmaHost(window, main, __SERVER__), main, {
    version: __VERSION__,
    environment: browserEnvironment(window),
  });
  await app.start();
  const root = document.getElementById('root');
  if (root) render(<Window app={app} />, root);
  // For npm run bench:plugin.
  performance.mark('window-ready');
  const opening = app.opening.value;
  if (opening?.command === 'resize' && !opening.visible) await fillWithoutWindow(app, opening);
}

void start();
