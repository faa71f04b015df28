/** The screen on which a server is named, alone in a frame: tests bundle it and say what a check came to. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { InterfaceContext } from '../ui/components/context.ts';
import { ServerSetup } from '../ui/components/ServerSetup.tsx';
import { Formats } from '../ui/format.ts';
import {
  FakeEnvironment,
  IN_FIGMA,
  json,
  noAnswer,
  refusal,
} from '../ui/models/check-environment.testing.ts';
import type { CheckResult } from '../ui/models/connection-check.ts';
import { connectionReport } from '../ui/models/connection-report.ts';
import type { Interface } from '../ui/models/interface.ts';
import { ServerSetup as SetupModel } from '../ui/models/server-setup.ts';
import { serverInfoOf } from '../ui/panoramas.testing.ts';
import type { Language } from '../ui/settings.ts';
import '../ui/style/tokens.css';
import '../ui/style/base.css';
import '../ui/style/controls.css';
import '../ui/style/notice.css';
import '../ui/style/server-setup.css';

const SERVER = 'http://localhost:8787';
/** Token and address that were taken up, and that the screen then was done. */
const connected: unknown[] = [];

/** As our server answers, at its address alone. */
const environment = new FakeEnvironment((url, { headers }) => {
  if (!url.startsWith(SERVER)) return noAnswer();
  if (url.endsWith('/healthz')) return json({ status: 'ok' });
  const given = new Headers(headers).get('Authorization');
  return given === 'Bearer the-token' ? json(serverInfoOf()) : refusal(401, 'unauthorized');
});

/** Anew; with what a check came to, or as it is at first. */
function show(language: Language, outcome: Pick<CheckResult, 'finding' | 'also'> | null): void {
  const connection = {
    address: signal({ url: '', token: '' }),
    connect: (token: string, url?: string) => {
      connected.push(token, url);
      return Promise.resolve();
    },
  };
  const setup = new SetupModel(connection, environment, { pluginVersion: '0.1.0' });
  if (outcome) {
    const result: CheckResult = {
      url: 'https://a-rather-long-name-of-a-server-in-a-studio.panorama.example.com:8443/tools',
      suggestion: null,
      message: null,
      probes: [],
      surroundings: IN_FIGMA,
      ...outcome,
    };
    const report = () => connectionReport(result, { pluginVersion: '0.1.0', time: new Date(0), token: '' });
    Object.assign(setup, { result: signal(result), report });
  }
  const app = {
    preferences: { language: signal(language) },
    formats: signal(new Formats(language)),
  } as unknown as Interface;
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  render(null, root);
  render(
    <InterfaceContext.Provider value={app}>
      <ServerSetup setup={setup} onDone={() => connected.push('done')} />
    </InterfaceContext.Provider>,
    root,
  );
}

Object.assign(window, { show, connected });
