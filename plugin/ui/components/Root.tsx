/** The interface: header, stage, panel, history. */
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../models/app.ts';
import { tellError } from '../text/errors.ts';
import { announcement } from './job-words.ts';
import { ComposeStage, problemText } from './ComposeStage.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { AppContext, InterfaceContext, useApp } from './context.ts';
import { Header } from './Header.tsx';
import { HistoryStrip } from './HistoryStrip.tsx';
import { JobPanel } from './JobPanel.tsx';
import { JobStage } from './JobStage.tsx';
import { Settings } from './Settings.tsx';

export function Root({ app }: { app: App }) {
  return (
    <AppContext.Provider value={app}>
      <InterfaceContext.Provider value={app}>
        <Page />
      </InterfaceContext.Provider>
    </AppContext.Provider>
  );
}

function Page() {
  const app = useApp();
  const text = app.text.value;
  const job = app.job.value;
  useDocument(app);
  useFocusOnOpening(job?.id ?? null);
  return (
    <div class={`page${job ? ' looking' : ' composing'}`}>
      <a class="skip" href="#stage">
        {text.skipToPicture}
      </a>
      <a class="skip" href="#panel">
        {text.skipToSettings}
      </a>
      <Header />
      <main class="main">
        <section class="stage" id="stage" tabIndex={-1} aria-label={text.view.toolbar}>
          <ConnectionNotice />
          {job ? <JobStage key={job.id} job={job} /> : <ComposeStage />}
        </section>
        <section class="panel" id="panel" tabIndex={-1} aria-label={text.settings}>
          {job ? <JobPanel key={job.id} job={job} /> : <Settings />}
        </section>
        <HistoryStrip />
      </main>
      {app.dragging.value && (
        <div class="drop-cover" aria-hidden="true">
          <p>{text.photo.dropNow}</p>
        </div>
      )}
      <Announcer />
    </div>
  );
}

/** Two regions: what happens to the panorama, and what the user just did or did wrong. */
function Announcer() {
  const app = useApp();
  const text = app.text.value;
  const formats = app.formats.value;
  const panorama = app.job.value?.panorama.value;
  const problem = app.photo.problem.value;
  const state = app.connection.state.value.state;
  const about = [
    ...(state === 'away' ? [text.connection.awayTitle] : []),
    ...(panorama ? [announcement(panorama, text, formats)] : []),
    ...(problem && !app.job.value ? [problemText(problem, text, formats)] : []),
    ...sendingWords(app),
  ];
  const error = app.job.value?.error.value ?? null;
  const { text: note, turn } = app.note.value;
  return (
    <>
      <p class="visually-hidden" role="status" aria-live="polite">
        {[...about, ...(error === null ? [] : [tellError(error, text).what])].join('. ')}
      </p>
      <p class="visually-hidden" role="status" aria-live="polite">
        {note + UNSEEN.repeat(turn % 2)}
      </p>
    </>
  );
}

/** How the photo's way to the server goes. */
function sendingWords({ sending, text: words }: App): string[] {
  const text = words.value;
  const state = sending.state.value;
  switch (state.state) {
    case 'idle':
      return [];
    case 'sending':
      return [text.make.sending];
    case 'failed':
      return [text.make.failed, tellError(state.error, text).what];
    case 'lost':
      return [text.make.lostTitle, text.make.lost];
    default:
      return state satisfies never;
  }
}

/** Makes the same text another one, so that it is read again. */
const UNSEEN = '\u200b';

/** What belongs to the document: its language, its title, its appearance. */
function useDocument({ preferences, job }: App): void {
  const language = preferences.language.value;
  const theme = preferences.theme.value;
  const { title } = preferences.text.value;
  const progress = job.value?.panorama.value;
  const running =
    progress?.status === 'running' ? `${Math.round(progress.progress.fraction * 100)} % · ` : '';
  useEffect(() => {
    const root = document.documentElement;
    root.lang = language;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
  }, [language, theme]);
  useEffect(() => {
    document.title = running + title;
  }, [running, title]);
}

/** A panorama that opens takes the focus to its status; the way back takes it to the stage. */
function useFocusOnOpening(id: string | null): void {
  const first = useRef(true);
  useEffect(() => {
    const wasFirst = first.current;
    first.current = false;
    if (wasFirst) return;
    // On a narrow page the list that it was chosen from is far below.
    document.getElementById('stage')?.scrollIntoView({ block: 'nearest' });
    document.getElementById(id === null ? 'stage' : 'job-title')?.focus({ preventScroll: true });
  }, [id]);
}
