/** What each preset would take for the settings as they stand, asked a moment after the last change. */
import { computed, effect, signal } from '@preact/signals';
import type { PanoramaApi } from '../../../shared/client.ts';
import type { Size } from '../../../shared/geometry.ts';
import { PRESETS, type PresetName } from '../../../shared/hyperparameters.ts';
import type { Estimate } from '../../../shared/protocol.ts';
import { after, isAbort, type Undo } from '../undo.ts';
import type { CheckedRequest, Composer } from './composer.ts';

/** Changes come in rows: keys, drags. */
export const ESTIMATE_DELAY_MS = 350;

export interface EstimateSources {
  readonly api: { readonly value: PanoramaApi };
  readonly ready: { readonly value: boolean };
  /** Of the chosen photo; null where there is none. */
  readonly photoSize: { readonly value: Size | null };
  readonly composer: Composer;
}

export type Estimates = Readonly<Partial<Record<PresetName, Estimate>>>;

export class EstimateBoard {
  readonly #sources: EstimateSources;
  readonly #delayMs: number;
  readonly #estimates = signal<Estimates>({});
  readonly #asking = signal(false);
  readonly #failed = signal(false);

  /** The last answers; of the settings before, while new ones are asked for. */
  readonly estimates = computed(() => this.#estimates.value);
  /** Of the chosen preset. */
  readonly current = computed(() => this.#estimates.value[this.#sources.composer.preset.value] ?? null);
  readonly asking = computed(() => this.#asking.value);
  readonly failed = computed(() => this.#failed.value);

  constructor(sources: EstimateSources, delayMs: number = ESTIMATE_DELAY_MS) {
    this.#sources = sources;
    this.#delayMs = delayMs;
  }

  /** Asks at each change until undone. */
  start(): Undo {
    const { api, ready, photoSize, composer } = this.#sources;
    return effect(() => {
      const client = api.value;
      const image = photoSize.value;
      const questions = PRESETS.flatMap((preset) => {
        const request = composer.requestFor(preset);
        return request ? [{ preset, request }] : [];
      });
      if (!ready.value || !image || questions.length === 0) {
        this.#asking.value = false;
        if (!image) this.#estimates.value = {};
        return;
      }
      this.#asking.value = true;
      const asked = new AbortController();
      const undo = after(this.#delayMs, () => void this.#ask(client, image, questions, asked.signal));
      return () => {
        undo();
        asked.abort();
      };
    });
  }

  async #ask(
    api: PanoramaApi,
    image: Size,
    questions: readonly { preset: PresetName; request: CheckedRequest }[],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const answers = await Promise.all(
        questions.map(async ({ preset, request }) => {
          const { width, height } = image;
          return [preset, await api.estimate({ image: { width, height }, request }, signal)] as const;
        }),
      );
      if (signal.aborted) return;
      this.#estimates.value = Object.fromEntries(answers);
      this.#failed.value = false;
      this.#asking.value = false;
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      this.#failed.value = true;
      this.#asking.value = false;
    }
  }
}
