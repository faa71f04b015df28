/** The web page's start. */
import '../ui/no-eval.ts';
import { render } from 'preact';
import { Root } from '../ui/components/Root.tsx';
import { App } from '../ui/models/app.ts';
import { createWebHost } from './web-host.ts';
import '../ui/style/index.css';

const app = new App(createWebHost(window));
await app.start();
const root = document.getElementById('root');
if (root) render(<Root app={app} />, root);
