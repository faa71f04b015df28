/** The web page's start. */
import { render } from 'preact';
import * as z from 'zod';
import { Root } from '../ui/components/Root.tsx';
import { App } from '../ui/models/app.ts';
import { createWebHost } from './web-host.ts';
import '../ui/style/index.css';

// The page's policy allows no code made from text; zod would try whether it does.
z.config({ jitless: true });

const app = new App(createWebHost(window));
await app.start();
const root = document.getElementById('root');
if (root) render(<Root app={app} />, root);
