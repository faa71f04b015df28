/** The whole interface without its looks: what is open, and how its parts act together. */
import { batch, computed, effect, signal } from '@preact/signals';
import { newId } from '../../../shared/new-id.ts';
import { hasEnded, type Panorama } from '../../../shared/protocol.ts';
import type { PanoramaRequest } from '../../../shared/request.ts';
import type { Host, HostEvent, NamedPhoto } from '../host.ts';
import { readSetting, writeSetting } from '../settings.ts';
import { undoAll, type Undo } from '../undo.ts';
import { isGone } from './call-errors.ts';
import { Composer, SEED } from './composer.ts';
import { CONNECTION_TIMING, Connection, type ConnectionTiming } from './connection.ts';
import { ESTIMATE_DELAY_MS, EstimateBoard } from './estimates.ts';
import { HISTORY_POLL_MS, History } from './history.ts';
import type { Interface } from './interface.ts';
import { Job } from './job.ts';
import { PhotoChoice } from './photo.ts';
import { PhotoNames } from './photo-names.ts';
import { Preferences } from './preferences.ts';
import { Sending } from './sending.ts';

export interface AppTiming {
  readonly connection: ConnectionTiming;
  readonly estimateDelayMs: number;
  readonly historyPollMs: number;
}

const TIMING: AppTiming = {
  connection: CONNECTION_TIMING,
  estimateDelayMs: ESTIMATE_DELAY_MS,
  historyPollMs: HISTORY_POLL_MS,
};

/** Why nothing can be made yet. */
export type Hindrance = 'noPhoto' | 'badSettings' | 'notConnected';

export class App implements Interface {
  readonly host: Host;
  readonly preferences: Preferences;
  readonly connection: Connection;
  readonly photo: PhotoChoice;
  readonly composer = new Composer();
  readonly estimates: EstimateBoard;
  readonly sending: Sending;
  readonly history: History;
  readonly names: PhotoNames;

  readonly #job = signal<Job | null>(null);
  readonly #dragging = signal(false);
  readonly #note = signal<{ readonly text: string; readonly turn: number }>({ text: '', turn: 0 });
  readonly #undos: Undo[] = [];
  /** The photo that was sent for a panorama, while it is still chosen here. */
  #sent: { readonly id: string; readonly photo: NamedPhoto } | null = null;

  /** The panorama on the stage; null while a new one is composed. */
  readonly job = computed(() => this.#job.value);
  readonly dragging = computed(() => this.#dragging.value);
  /** What was just done, for those who cannot see it. */
  readonly note = computed(() => this.#note.value);
  readonly text = computed(() => this.preferences.text.value);
  readonly formats = computed(() => this.preferences.formats.value);
  readonly busy = computed(() => this.sending.state.value.state === 'sending');
  readonly hindrance = computed<Hindrance | null>(() => {
    if (!this.photo.photo.value) return 'noPhoto';
    if (!this.composer.request.value) return 'badSettings';
    return this.connection.ready.value ? null : 'notConnected';
  });

  constructor(host: Host, timing: Partial<AppTiming> = {}) {
    const { connection, estimateDelayMs, historyPollMs } = { ...TIMING, ...timing };
    this.host = host;
    this.preferences = new Preferences(host);
    this.connection = new Connection(host, connection);
    const { api, ready } = this.connection;
    this.photo = new PhotoChoice(host);
    this.names = new PhotoNames(host.storage);
    this.sending = new Sending(host.storage, api);
    this.history = new History(api, ready, historyPollMs);
    const photoSize = computed(() => this.photo.photo.value?.size ?? null);
    this.estimates = new EstimateBoard({ api, ready, photoSize, composer: this.composer }, estimateDelayMs);
  }

  /** Reads what was kept and begins to work, until undone. */
  async start(): Promise<Undo> {
    const { host, connection, composer } = this;
    this.#undos.push(await this.preferences.start());
    const kept = await readSetting(host.storage, 'request');
    if (kept) composer.apply(kept);
    await this.names.start();
    this.#undos.push(
      effect(() => {
        const request = composer.request.value;
        if (request) void writeSetting(host.storage, 'request', request);
      }),
      host.onEvent((event) => this.#hear(event)),
      await connection.start(),
      this.estimates.start(),
      this.history.start(),
      this.#followWhenReady(),
      this.#resumeWhenReady(),
      () => this.#open(null),
    );
    if (host.start.id !== null) this.open(host.start.id);
    return () => undoAll(this.#undos);
  }

  /** Shows a panorama and follows it. */
  open(id: string): void {
    if (this.#job.value?.id === id) return;
    const known = this.history.panoramas.value.find((panorama) => panorama.id === id) ?? null;
    const photo = this.#sent?.id === id ? this.#sent.photo : null;
    const url = photo && this.photo.photo.value?.blob === photo.blob ? this.photo.photo.value.url : null;
    const job = new Job(
      id,
      this.connection.api,
      (panorama) => this.history.take(panorama),
      known,
      photo && url !== null ? { blob: photo.blob, url } : null,
    );
    this.#open(job);
    if (this.connection.ready.value) void this.#follow(job);
  }

  /** Back to composing. */
  compose(): void {
    this.#open(null);
  }

  /** Sends what is composed and shows it. Resolves to whether it was taken. */
  async make(): Promise<boolean> {
    const photo = this.photo.photo.value;
    const request = this.composer.request.value;
    if (!photo || !request || this.hindrance.value) return false;
    return this.#send(photo, request);
  }

  /** Sends what failed once more. */
  async retrySending(): Promise<boolean> {
    const state = this.sending.state.value;
    return state.state === 'failed' && this.#send(state.parcel.photo, state.parcel.request, state.parcel.id);
  }

  /** The same photo and settings with a seed by chance. */
  async again(job: Job): Promise<boolean> {
    const request = job.panorama.value?.request;
    if (!request) return false;
    const seed = Math.floor(Math.random() * (SEED.max + 1));
    return this.#sendOf(job, { ...request, seed });
  }

  /** The same once more: what failed for the machine's sake may work now. */
  async repeat(job: Job): Promise<boolean> {
    const request = job.panorama.value?.request;
    return request ? this.#sendOf(job, request) : false;
  }

  /** Composes from a panorama's photo and settings. */
  async reuse(job: Job): Promise<void> {
    const panorama = job.panorama.value;
    if (!panorama) return;
    const blob = await job.loadPhoto().catch(() => null);
    batch(() => {
      this.composer.apply(panorama.request);
      this.compose();
    });
    if (blob && blob !== this.photo.photo.value?.blob) {
      await this.photo.choose({ blob, name: this.names.get(job.id) ?? '' });
    }
  }

  /** Deletes a panorama; back to composing if it is shown. */
  async remove(job: Job): Promise<void> {
    if (!(await job.remove())) return;
    this.history.forget(job.id);
    this.say(this.text.value.actions.removed);
    if (this.#job.value === job) this.compose();
  }

  /** Gives the picture on the stage to the host. */
  async save(job: Job): Promise<void> {
    const variant = job.shownVariant.value;
    const format = job.panorama.value?.request.format;
    if (!variant || !format) return;
    const blob = await job.pictures.get(variant.n);
    if (!blob) return;
    const base = (this.names.get(job.id) ?? '').replace(/\.[^.]*$/, '') || 'panorama';
    const number = variant.n === 0 ? '-draft' : variant.n > 1 ? `-${variant.n}` : '';
    const extension = format === 'jpeg' ? 'jpg' : format;
    const name = `${base}-${variant.width}x${variant.height}${number}.${extension}`;
    await this.host.savePicture(blob, name);
    this.say(this.text.value.actions.saved(name));
  }

  /** Tells those who cannot see it; the same twice is told twice. */
  say(text: string): void {
    this.#note.value = { text, turn: this.#note.value.turn + 1 };
  }

  async #sendOf(job: Job, request: PanoramaRequest): Promise<boolean> {
    const blob = await job.loadPhoto().catch(() => null);
    return blob !== null && this.#send({ blob, name: this.names.get(job.id) ?? '' }, request);
  }

  async #send(photo: NamedPhoto, request: PanoramaRequest, id: string = newId()): Promise<boolean> {
    this.names.set(id, photo.name);
    this.#open(null);
    const panorama = await this.sending.send({ id, photo, request });
    if (!panorama) return false;
    this.#sent = { id, photo };
    this.#arrived(panorama);
    return true;
  }

  #arrived(panorama: Panorama): void {
    this.history.take(panorama);
    this.open(panorama.id);
  }

  async #follow(job: Job): Promise<void> {
    await job.follow();
    if (isGone(job.error.value)) this.history.forget(job.id);
  }

  #open(job: Job | null): void {
    const before = this.#job.value;
    if (before === job) return;
    this.#job.value = job;
    before?.close();
    this.host.setOpened(job?.id ?? null);
  }

  #hear(event: HostEvent): void {
    switch (event.type) {
      case 'photo':
        this.#dragging.value = false;
        this.compose();
        void this.photo.choose(event.photo);
        return;
      case 'frame':
        this.composer.setFrame(event.size);
        return;
      case 'dragging':
        this.#dragging.value = event.over;
        return;
      case 'token':
        void this.connection.connect(event.token);
        return;
      case 'opened':
        if (event.id === null) this.compose();
        else this.open(event.id);
        return;
      default:
        event satisfies never;
    }
  }

  /** A panorama that could not be followed for want of the server is followed when it is back. */
  #followWhenReady(): Undo {
    let wasReady = false;
    return effect(() => {
      const ready = this.connection.ready.value;
      const back = ready && !wasReady;
      wasReady = ready;
      const job = this.#job.peek();
      if (!back || !job) return;
      const ended = hasEnded(job.panorama.peek()?.status ?? 'queued');
      if (!ended) void this.#follow(job);
    });
  }

  /** Finds what was being sent when the page was reloaded. */
  #resumeWhenReady(): Undo {
    const left = new AbortController();
    let asked = false;
    const undo = effect(() => {
      if (!this.connection.ready.value || asked) return;
      asked = true;
      void this.sending.resume(left.signal).then((panorama) => {
        if (panorama) this.#arrived(panorama);
      });
    });
    return () => {
      undo();
      left.abort();
    };
  }
}
