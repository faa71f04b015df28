/** All frames that are being filled, newest first. */
import { computed, effect, signal } from '@preact/signals';
import { newId } from '../../../shared/new-id.ts';
import type { Panorama } from '../../../shared/protocol.ts';
import type { PanoramaRequest } from '../../../shared/request.ts';
import type { PanoramaApi } from '../../../shared/client.ts';
import type { FillStart, PendingFill, TargetOption } from '../../messages.ts';
import { undoAll, type Undo } from '../../ui/undo.ts';
import type { MainChannel } from '../channel.ts';
import { until } from '../until.ts';
import { Fill, type FillSurroundings } from './fill.ts';

/** One frame, one photo, what is to be made. */
export interface Order {
  readonly target: Pick<TargetOption, 'id'>;
  readonly photo: Blob;
  readonly source: PendingFill['source'];
  readonly scale: number;
  readonly request: PanoramaRequest;
  readonly hideSource: boolean;
  readonly applyDraft: boolean;
  readonly unlocked: boolean;
}

export interface FillsOptions {
  readonly main: MainChannel;
  readonly api: { readonly value: PanoramaApi };
  readonly ready: { readonly value: boolean };
  /** The server's address. */
  readonly server: { readonly value: string };
  readonly describe: (pending: PendingFill, panorama: Panorama | null) => string;
}

export class Fills {
  readonly #options: FillsOptions;
  readonly #all = signal<readonly Fill[]>([]);
  #last: Promise<unknown> = Promise.resolve();

  readonly all = computed(() => this.#all.value);
  readonly atWork = computed(() => this.#all.value.filter((fill) => fill.atWork.value).length);
  /** A photo is on its way. */
  readonly sending = computed(() => this.#all.value.some(({ state }) => state.value.state === 'sending'));

  constructor(options: FillsOptions) {
    this.#options = options;
  }

  /** What was lost with the connection is followed again when that is back, until undone. */
  start(): Undo {
    const { ready, server } = this.#options;
    const undos = [
      effect(() => {
        if (!ready.value) return;
        const here = server.value;
        for (const fill of this.#all.peek()) {
          if (fill.state.peek().state === 'lost' && fill.pending.server === here) void fill.run();
        }
      }),
      () => {
        for (const fill of this.#all.peek()) fill.close();
      },
    ];
    return () => undoAll(undos);
  }

  /** Notes all in the document before the first byte goes, then sends and follows each. Those whose frame is gone are left out. */
  async send(orders: readonly Order[]): Promise<readonly Fill[]> {
    const createdAt = new Date().toISOString();
    const starts = orders.map(
      ({ target, source, scale, request, hideSource, applyDraft, unlocked }): FillStart => ({
        id: newId(),
        server: this.#options.server.value,
        targetId: target.id,
        scale,
        pixels: { width: request.width, height: request.height },
        source,
        hideSource,
        applyDraft,
        unlocked,
        createdAt,
      }),
    );
    const noted = await this.#options.main.ask('begin', { fills: starts });
    const fills = orders.flatMap(({ photo, request }, i) => {
      const pending = noted[i];
      return pending ? [new Fill(pending, this.#surroundings(), { photo, request })] : [];
    });
    this.#add(fills);
    // One after the other, so that the first is not held up by the others' bytes.
    void this.#runInOrder(fills);
    return fills;
  }

  /** Goes on with what an earlier window has sent to this server. */
  resume(pending: readonly PendingFill[]): void {
    const known = new Set(this.#all.value.map((fill) => fill.pending.id));
    const ours = pending.filter(({ id, server }) => !known.has(id) && server === this.#options.server.value);
    const fills = ours.map((each) => new Fill(each, this.#surroundings()));
    this.#add(fills);
    for (const fill of fills) void fill.run();
  }

  /** Takes it off the list; on the server it stays. */
  async dismiss(fill: Fill): Promise<void> {
    this.#all.value = this.#all.value.filter((each) => each !== fill);
    fill.close();
    await fill.settle().catch(() => undefined);
    await this.#options.main.ask('forget', { ids: [fill.pending.id] }).catch(() => undefined);
  }

  async #runInOrder(fills: readonly Fill[]): Promise<void> {
    for (const fill of fills) {
      await Promise.race([fill.run(), until(() => fill.state.value.state !== 'sending')]);
    }
  }

  /** Of a fill at the server of this moment: it stays there when the user names another one meanwhile. */
  #surroundings(): FillSurroundings {
    const { main, api, server, describe } = this.#options;
    const ours = server.value;
    let client = api.value;
    return {
      main,
      describe,
      inTurn: (work) => this.#inTurn(work),
      api: {
        get value() {
          // Its token may be another one by now.
          if (server.value === ours) client = api.value;
          return client;
        },
      },
    };
  }

  #add(fills: readonly Fill[]): void {
    this.#all.value = [...fills, ...this.#all.value];
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
