/** Figma's window without its looks: what is open, and how its parts act together. */
import { computed, effect, signal } from '@preact/signals';
import type { Panorama } from '../../../shared/protocol.ts';
import type { PanoramaRequest } from '../../../shared/request.ts';
import {
  WINDOW_SIZE,
  type Opening,
  type PendingFill,
  type RestoreAnswer,
  type SourceOption,
} from '../../messages.ts';
import type { Host } from '../../ui/host.ts';
import { Composer, SEED } from '../../ui/models/composer.ts';
import { CONNECTION_TIMING, Connection, type ConnectionTiming } from '../../ui/models/connection.ts';
import { ESTIMATE_DELAY_MS, EstimateBoard } from '../../ui/models/estimates.ts';
import type { Interface } from '../../ui/models/interface.ts';
import { PhotoChoice } from '../../ui/models/photo.ts';
import { Preferences } from '../../ui/models/preferences.ts';
import type { CheckEnvironment } from '../../ui/models/check-environment.ts';
import { ServerSetup } from '../../ui/models/server-setup.ts';
import { readSetting, writeSetting } from '../../ui/settings.ts';
import { undoAll, type Undo } from '../../ui/undo.ts';
import type { MainChannel } from '../channel.ts';
import { needsTiles, planOf } from '../pixels.ts';
import { wordsOf } from '../text/words.ts';
import { Choice, type Cut, type PlannedTarget } from './choice.ts';
import type { Fill } from './fill.ts';
import { Fills, type Order } from './fills.ts';

export type Screen = 'compose' | 'frames' | 'server' | 'help';

/** Why nothing can be filled yet. */
export type FillHindrance =
  | 'nothing-selected'
  | 'no-source'
  | 'opening-source'
  | 'bad-photo'
  | 'too-small'
  | 'bad-settings'
  | 'must-agree'
  | 'not-connected';

type Changes = Partial<Pick<PanoramaRequest, 'seed' | 'width' | 'height'>>;

export interface FigmaAppTiming {
  readonly connection: ConnectionTiming;
  readonly estimateDelayMs: number;
}

export interface FigmaAppOptions {
  /** The plugin's, for reports. */
  readonly version: string;
  /** What the check of the connection goes by. */
  readonly environment: CheckEnvironment;
  readonly timing?: Partial<FigmaAppTiming>;
  readonly cut?: Cut;
}

export class FigmaApp implements Interface {
  readonly host: Host;
  readonly main: MainChannel;
  readonly preferences: Preferences;
  readonly connection: Connection;
  readonly photo: PhotoChoice;
  /** Figma takes no WebP. */
  readonly composer = new Composer(['png', 'jpeg']);
  readonly estimates: EstimateBoard;
  readonly choice: Choice;
  readonly fills: Fills;
  readonly setup: ServerSetup;

  readonly #screen = signal<Screen>('compose');
  readonly #opening = signal<Opening | null>(null);
  readonly #restored = signal<RestoreAnswer | null>(null);
  readonly #trouble = signal<{ readonly fill: Fill; readonly error: unknown } | null>(null);
  /** What is being sent, or made again, is not sent twice. */
  readonly #sending = new Set<Fill | 'selection'>();
  readonly #undos: Undo[] = [];

  readonly text = computed(() => this.preferences.text.value);
  readonly formats = computed(() => this.preferences.formats.value);
  /** The words of Figma's window alone. */
  readonly words = computed(() => wordsOf(this.preferences.language.value));
  readonly busy = computed(() => false);
  /** Nothing can be done before a server is named. */
  readonly unknownServer = computed(() => {
    const { url, token } = this.connection.address.value;
    return url === '' || token === '';
  });
  readonly screen = computed<Screen>(() => this.#screen.value);
  readonly opening = computed(() => this.#opening.value);
  readonly restored = computed(() => this.#restored.value);
  /** A frame that could not be made again, and why; null where it is there no more. */
  readonly trouble = computed(() => this.#trouble.value);
  readonly hindrance = computed<FillHindrance | null>(() => {
    const { choice, photo, composer, connection } = this;
    const targets = choice.targets.value;
    if (targets.length === 0) return 'nothing-selected';
    if (!choice.source.value || choice.problem.value) return 'no-source';
    if (choice.loading.value) return 'opening-source';
    if (photo.problem.value || !photo.photo.value) return 'bad-photo';
    if (!targets.some(({ plan }) => plan.ok)) return 'too-small';
    if (!composer.request.value) return 'bad-settings';
    if (choice.mustAgree.value) return 'must-agree';
    return connection.ready.value ? null : 'not-connected';
  });

  constructor(host: Host, main: MainChannel, { version, environment, timing = {}, cut }: FigmaAppOptions) {
    this.host = host;
    this.main = main;
    this.preferences = new Preferences(host);
    this.connection = new Connection(host, timing.connection ?? CONNECTION_TIMING);
    const { api, ready, address } = this.connection;
    this.setup = new ServerSetup(this.connection, environment, {
      pluginVersion: version,
      server: host.server,
    });
    this.photo = new PhotoChoice(host);
    this.choice = new Choice(main, this.photo, this.composer, cut);
    const photoSize = computed(() => this.photo.photo.value?.size ?? null);
    this.estimates = new EstimateBoard(
      { api, ready, photoSize, composer: this.composer },
      timing.estimateDelayMs ?? ESTIMATE_DELAY_MS,
    );
    this.fills = new Fills({
      main,
      api,
      ready,
      server: computed(() => address.value.url),
      describe: (pending, panorama) => this.#describe(pending, panorama),
    });
  }

  /** Reads what was kept, asks main why it was started, and works until undone. */
  async start(): Promise<Undo> {
    const { host, choice, composer, main } = this;
    // First, for the selection may change while main still looks at it.
    this.#undos.push(
      main.on('selection', (report) => {
        this.#restored.value = null;
        choice.take(report);
      }),
    );
    const [undoPreferences, request, filling, opening] = await Promise.all([
      this.preferences.start(),
      readSetting(host.storage, 'request'),
      readSetting(host.storage, 'filling'),
      main.ask('opened', null),
    ]);
    if (request) composer.apply(request);
    // Where a photo lies belongs to its frame, not to the next one.
    composer.anchor.value = { x: 0.5, y: 0.5 };
    composer.zoom.value = 1;
    choice.apply(filling);
    const { mode, preset } = opening.quick;
    if (mode) composer.mode.value = mode;
    if (preset) composer.preset.value = preset;
    this.#undos.push(undoPreferences, choice.start());
    choice.take(opening.selection);
    this.#undos.push(
      effect(() => {
        const request = composer.request.value;
        if (request) void writeSetting(host.storage, 'request', request);
      }),
      effect(() => {
        const [scale, applyDraft, hideSource] = [
          choice.scale.value,
          choice.applyDraft.value,
          choice.hideSource.value,
        ];
        void writeSetting(host.storage, 'filling', { scale, applyDraft, hideSource });
      }),
      await this.connection.start(),
      this.estimates.start(),
      this.fills.start(),
      this.#resumeWhenReady(opening.pending),
    );
    this.#opening.value = opening;
    if (opening.command === 'server' || (this.unknownServer.value && opening.visible))
      this.#screen.value = 'server';
    else if (opening.command === 'help') this.#screen.value = 'help';
    else if (opening.pending.some(({ server }) => server === this.connection.address.value.url))
      this.#screen.value = 'frames';
    return () => undoAll(this.#undos);
  }

  show(screen: Screen): void {
    this.#screen.value = screen;
  }

  /** Brings up the window of a plugin that was started without. */
  async showWindow(screen: Screen): Promise<void> {
    this.#screen.value = screen;
    await this.main.ask('showWindow', WINDOW_SIZE);
  }

  /** Sends the photo for each of the chosen frames. Resolves to what is on its way. */
  async fill(): Promise<readonly Fill[]> {
    const photo = this.photo.photo.value;
    const source = this.choice.source.value;
    const request = this.composer.request.value;
    if (!photo || !source || !request || this.hindrance.value) return [];
    const orders = this.choice.targets.value.flatMap((planned) =>
      this.orderOf(planned, photo.blob, source, request),
    );
    const fills = await this.#once('selection', () => this.fills.send(orders));
    if (!fills || fills.length === 0) return [];
    this.#screen.value = 'frames';
    return fills;
  }

  /** What is asked for a frame; none where it is too small. */
  orderOf(
    { target, plan }: PlannedTarget,
    photo: Blob,
    { id, nodeId, name }: SourceOption,
    request: PanoramaRequest,
  ): Order[] {
    if (!plan.ok) return [];
    const { hideSource, applyDraft, agreed } = this.choice;
    return [
      {
        target,
        photo,
        source: { id, nodeId, name },
        scale: plan.scale,
        request: { ...request, ...plan.pixels },
        hideSource: hideSource.value,
        applyDraft: applyDraft.value,
        unlocked: target.locked && agreed.value,
      },
    ];
  }

  /** The same photo and settings for the same frame with a seed by chance. */
  again(fill: Fill): Promise<boolean> {
    return this.#remake(fill, { seed: Math.floor(Math.random() * (SEED.max + 1)) });
  }

  /** The same for the frame as it is now. */
  async fit(fill: Fill): Promise<boolean> {
    const state = fill.state.value;
    if (state.state !== 'obstructed' || state.obstacle.problem !== 'resized') return false;
    const { size } = state.obstacle;
    const tiled = needsTiles(fill.pending.pixels, 1);
    const plan = planOf(size, fill.pending.scale, { wanted: tiled, possible: tiled });
    return plan.ok && this.#remake(fill, plan.pixels, plan.scale);
  }

  /** What failed once more. */
  async retry(fill: Fill): Promise<void> {
    const state = fill.state.value;
    switch (state.state) {
      case 'unplaced':
      case 'obstructed':
        await fill.place(state.variant);
        return;
      case 'failed':
      case 'canceled':
        await this.#remake(fill, {});
        return;
      case 'unsent':
        // The document notes which server has it.
        if (fill.pending.server === this.connection.address.value.url) await fill.run();
        else await this.#remake(fill, {});
        return;
      case 'lost':
        await fill.run();
        return;
      case 'sending':
      case 'working':
      case 'placing':
      case 'placed':
      case 'gone':
        return;
      default:
        state satisfies never;
    }
  }

  /** Gives the frame of a fill, or the selected frames, what they held before. */
  async restore(nodeId: string | null): Promise<RestoreAnswer> {
    const answer = await this.main.ask('restore', { nodeIds: nodeId === null ? null : [nodeId] });
    this.#restored.value = answer;
    return answer;
  }

  /** Null where the same is on its way already. */
  async #once<T>(what: Fill | 'selection', work: () => Promise<T>): Promise<T | null> {
    if (this.#sending.has(what)) return null;
    this.#sending.add(what);
    try {
      return await work();
    } finally {
      this.#sending.delete(what);
    }
  }

  /** Sends it anew and lets go of the one before. Resolves to whether it could; why not is told as `trouble`. */
  async #remake(fill: Fill, changes: Changes, scale: number = fill.pending.scale): Promise<boolean> {
    try {
      this.#trouble.value = null;
      return (await this.#once(fill, () => this.#sendAgain(fill, changes, scale))) === true;
    } catch (error) {
      this.#trouble.value = { fill, error };
      return false;
    }
  }

  /** Throws where the photo is not to be had, or main does not answer. */
  async #sendAgain(fill: Fill, changes: Changes, scale: number): Promise<boolean> {
    const request = fill.job.panorama.value?.request ?? fill.parcel?.request;
    if (!request) return false;
    const photo = await fill.job.loadPhoto().catch((error: unknown) => {
      if (fill.parcel) return fill.parcel.photo;
      throw error;
    });
    const { targetId, source, hideSource, applyDraft, unlocked } = fill.pending;
    const order: Order = {
      target: { id: targetId },
      photo,
      source,
      scale,
      request: { ...request, ...changes },
      hideSource,
      applyDraft,
      unlocked,
    };
    const sent = await this.fills.send([order]);
    if (sent.length === 0) {
      this.#trouble.value = { fill, error: null };
      return false;
    }
    await this.fills.dismiss(fill);
    return true;
  }

  #describe({ pixels, source }: PendingFill, panorama: Panorama | null): string {
    const words = this.words.value;
    const mode = panorama?.request.mode ?? 'extend';
    return words.relaunch(this.text.value.mode.names[mode], source.name, this.formats.value.size(pixels));
  }

  /** What was on its way when the window was closed is followed as soon as its server is there. */
  #resumeWhenReady(pending: readonly PendingFill[]): Undo {
    const asked = new Set<string>();
    return effect(() => {
      const { url } = this.connection.address.value;
      if (!this.connection.ready.value || asked.has(url)) return;
      asked.add(url);
      this.fills.resume(pending);
    });
  }
}
