/** Figma's window over fakes: main, host and server in memory. */
import { FakeApi } from '../ui/fake-api.testing.ts';
import { FakeHost, pngFile } from '../ui/fake-host.testing.ts';
import type { CheckEnvironment } from '../ui/models/check-environment.ts';
import { FakeMain } from './fake-main.testing.ts';
import { FigmaApp } from './models/figma-app.ts';

export interface Bench {
  readonly app: FigmaApp;
  readonly main: FakeMain;
  readonly host: FakeHost;
  readonly api: FakeApi;
  /** What the photo to send is, cut or whole. */
  readonly cuts: { whole: boolean }[];
}

export interface BenchOptions {
  readonly main?: FakeMain;
  readonly api?: FakeApi;
  readonly kept?: Map<string, unknown>;
  /** The window before it has started. */
  readonly prepare?: (bench: Omit<Bench, 'app'>) => void;
}

/** Checks of the connection have tests of their own. */
const unused = new Proxy({} as CheckEnvironment, {
  get() {
    throw new Error('the connection is not checked here');
  },
});

/** A window that knows its server, started. */
export async function openWindow(
  options: BenchOptions = {},
): Promise<Bench & { readonly close: () => void }> {
  const { main = new FakeMain(), api = new FakeApi(), kept = new Map<string, unknown>(), prepare } = options;
  if (!kept.has('address')) kept.set('address', { url: 'http://fake', token: 'a-token' });
  const host = new FakeHost(api, kept);
  host.kind = 'figma';
  host.server = null;
  host.start = { token: null, id: null };
  const cuts: { whole: boolean }[] = [];
  prepare?.({ main, host, api, cuts });
  const app = new FigmaApp(host, main, {
    version: '0.0.0-test',
    environment: unused,
    timing: { connection: { checkMs: 20, backoffMs: 5, longestMs: 20 }, estimateDelayMs: 1 },
    cut: (_, whole) => {
      cuts.push({ whole });
      return Promise.resolve(pngFile());
    },
  });
  const close = await app.start();
  return { app, main, host, api, cuts, close };
}
