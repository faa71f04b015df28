/** "Resize to frame": fills the selection with the last settings, told by toasts, without a window. */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import { hasEnded } from '../../../shared/protocol.ts';
import { shortToast, type Opening, type SourceOption, type TargetOption } from '../../messages.ts';
import { isConnectionError } from '../../ui/models/call-errors.ts';
import { headline } from '../../ui/components/job-words.ts';
import { placeOf, planOf } from '../pixels.ts';
import { until } from '../until.ts';
import type { FigmaApp } from './figma-app.ts';
import type { Fill } from './fill.ts';
import type { Order } from './fills.ts';

/** A toast is not changed for less than this share of the work. */
const STEP = 0.05;

/** Fills what is selected and ends the plugin; where the user must see or answer something, the window opens instead. */
export async function fillWithoutWindow(app: FigmaApp, opening: Opening): Promise<void> {
  try {
    await fillSelected(app, opening);
  } catch {
    // A plugin that is not seen cannot be ended by the user.
    await open(app, 'compose');
  }
}

async function fillSelected(app: FigmaApp, opening: Opening): Promise<void> {
  const words = app.words.value.toasts;
  const { selection, quick } = opening;
  if (selection.hint !== null) return close(app, app.words.value.hints[selection.hint].title);
  await toast(app, words.starting, true);
  await untilLookedFor(app);
  if (!app.connection.ready.value) return open(app, app.unknownServer.value ? 'server' : 'compose');
  const targets = selection.several ? selection.targets : selection.targets.slice(0, 1);
  // Locks and components are asked about, but what was filled before was agreed to then.
  if (targets.some(({ locked, isComponent, filled }) => locked || (isComponent && !filled)))
    return open(app, 'compose');

  const orders: Order[] = [];
  for (const target of targets) {
    const source = sourceOf(target, selection.sources);
    const order = source && (await orderOf(app, target, source, quick.scale));
    if (order) orders.push(order);
  }
  if (orders.length === 0) return open(app, 'compose');
  const fills = await app.fills.send(orders);
  if (fills.length === 0) return open(app, 'compose');
  const givenUp = signal(false);
  const undoProgress = tellProgress(app, fills, () => {
    givenUp.value = true;
  });
  await untilAllRest(app, fills, givenUp);
  undoProgress();

  const placed = fills.filter(({ state }) => state.value.state === 'placed');
  const untouched = fills.every(
    ({ state, draftPlaced }) => state.value.state === 'canceled' && !draftPlaced.value,
  );
  if (untouched) return close(app, words.canceled);
  // What failed is told with its next step, and variants are looked through, in the window.
  const first = placed[0];
  const several = placed.some(({ variants }) => variants.length > 1);
  if (!first || placed.length < targets.length || several) return open(app, 'frames');
  const size = app.formats.value.size(first.pending.pixels);
  await close(
    app,
    placed.length === 1 ? words.filled(first.pending.name, size) : words.filledMany(placed.length),
  );
}

/** The frame's own picture, else the first that is selected. */
function sourceOf(target: TargetOption, sources: readonly SourceOption[]): SourceOption | undefined {
  return sources.find(({ id }) => id === target.ownSource) ?? sources[0];
}

async function orderOf(
  app: FigmaApp,
  target: TargetOption,
  source: SourceOption,
  wish: number | undefined,
): Promise<Order | null> {
  const { choice, composer, host } = app;
  const tiles = { wanted: choice.tiles.value, possible: target.takesTiles };
  const plan = planOf(target.size, wish ?? choice.scale.value, tiles);
  const request = plan.ok ? composer.requestFor(composer.preset.value, plan.pixels) : null;
  const read = await choice.read(source, false);
  if (!request || !('blob' in read)) return null;
  const photo = source.placed?.targetId === target.id ? await host.measure(read.blob) : null;
  const place = photo && source.placed ? placeOf(photo, source.placed.rectangle, target.size) : {};
  return app.orderOf({ target, plan }, read.blob, source, { ...request, ...place })[0] ?? null;
}

/** `giveUp` is told once the user has canceled and the server was asked to. */
function tellProgress(app: FigmaApp, fills: readonly Fill[], giveUp: () => void): () => void {
  const words = app.words.value.toasts;
  const text = computed(() => {
    const running = fills.find((fill) => fill.atWork.value);
    const panorama = running?.job.panorama.value;
    if (!running) return words.lost;
    if (!panorama) return words.sending;
    const done = fills.filter(({ state }) => state.value.state === 'placed').length;
    const share = Math.round(panorama.progress.fraction / STEP) * STEP;
    const percent = app.formats.value.percent(share);
    const count = fills.length > 1 ? words.count(done + 1, fills.length) : running.pending.name;
    return words.progress(
      count,
      hasEnded(panorama.status) ? '' : headline(panorama, app.text.value),
      percent,
    );
  });
  const undoButton = app.main.on('toastButton', () => {
    const atWork = fills.filter((fill) => fill.atWork.value);
    void Promise.all(atWork.map((fill) => fill.cancel())).then(giveUp);
  });
  const undoToast = effect(() => {
    void toast(app, text.value, true, words.cancel);
  });
  return () => {
    undoButton();
    undoToast();
  };
}

/** Until the server was looked for once. */
function untilLookedFor({ connection }: FigmaApp): Promise<void> {
  return until(() => connection.state.value.state !== 'connecting');
}

/** What was lost comes back with the connection, unless that needs the user or they have given it up. */
function untilAllRest(
  { connection }: FigmaApp,
  fills: readonly Fill[],
  givenUp: ReadonlySignal<boolean>,
): Promise<void> {
  return until(() => {
    const { state } = connection.state.value;
    if (givenUp.value && state !== 'ready') return true;
    const waits = state === 'away' || state === 'connecting' || state === 'ready';
    return fills.every((fill) => {
      const now = fill.state.value;
      const comesBack = now.state === 'lost' && waits && isConnectionError(now.error);
      return !fill.atWork.value && !comesBack;
    });
  });
}

async function open(app: FigmaApp, screen: 'compose' | 'frames' | 'server'): Promise<void> {
  await toast(app, '', false);
  await app.showWindow(screen);
}

async function close(app: FigmaApp, text: string): Promise<void> {
  await toast(app, '', false);
  await app.main.ask('close', { text: shortToast(text) });
}

async function toast(
  app: FigmaApp,
  text: string,
  stays: boolean,
  cancel: string | null = null,
): Promise<void> {
  await app.main.ask('toast', { text: shortToast(text), error: false, stays, cancel });
}
