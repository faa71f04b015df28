/** What of the selection is sent and what is filled. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { SelectionReport, SourceBytes, SourceOption, TargetOption } from '../../messages.ts';
import type { Composer } from '../../ui/models/composer.ts';
import type { PhotoChoice } from '../../ui/models/photo.ts';
import type { Filling } from '../../ui/settings.ts';
import type { Undo } from '../../ui/undo.ts';
import type { MainChannel } from '../channel.ts';
import { needsTiles, placeOf, planOf, type Plan, type Scale } from '../pixels.ts';
import { shownPart } from '../shown-part.ts';

export interface PlannedTarget {
  readonly target: TargetOption;
  readonly plan: Plan;
}

/** Makes the photo to send of a source's bytes; tests do it without a browser. */
export type Cut = (source: SourceBytes, whole: boolean) => Promise<Blob>;

/** Why a source's picture is not there. */
export type SourceProblem = 'missing' | 'gone' | 'not-rendered';

export class Choice {
  readonly #main: MainChannel;
  readonly #photo: PhotoChoice;
  readonly #composer: Composer;
  readonly #cut: Cut;
  readonly #report = signal<SelectionReport | null>(null);
  readonly #sourceId = signal<string | null>(null);
  readonly #targetId = signal<string | null>(null);
  readonly #dropped = signal<ReadonlySet<string>>(new Set());
  readonly #problem = signal<SourceProblem | null>(null);
  readonly #loading = signal(false);
  #turn = 0;
  /** The layer and frame that the photo was last laid after. */
  #laid = '';

  /** Null until main has told. */
  readonly report = computed(() => this.#report.value);
  readonly scale = signal<Scale>(1);
  readonly applyDraft = signal(true);
  readonly hideSource = signal(true);
  /** The whole picture is sent although its layer shows a part. */
  readonly whole = signal(false);
  /** Tiles where one picture of Figma's is too small, else a lower scale. */
  readonly tiles = signal(true);
  /** What the locks and components of the targets ask was agreed to. */
  readonly agreed = signal(false);

  readonly source = computed<SourceOption | null>(() => {
    const sources = this.#report.value?.sources ?? [];
    return sources.find(({ id }) => id === this.#sourceId.value) ?? sources[0] ?? null;
  });
  /** What is filled: all of several, else the chosen one. */
  readonly targets = computed<readonly PlannedTarget[]>(() => {
    const report = this.#report.value;
    if (!report) return [];
    const { targets, several } = report;
    const dropped = this.#dropped.value;
    const chosen = targets.find(({ id }) => id === this.#targetId.value) ?? targets[0];
    const filled = several ? targets.filter(({ id }) => !dropped.has(id)) : chosen ? [chosen] : [];
    return filled.map((target) => ({ target, plan: this.planOf(target) }));
  });
  /** The one that the drawing shows: the first. */
  readonly shown = computed(() => this.targets.value[0] ?? null);
  /** A target has more pixels at this scale than one picture of Figma's. */
  readonly needsTiles = computed(() =>
    this.targets.value.some(({ target }) => needsTiles(target.size, this.scale.value)),
  );
  readonly takesTiles = computed(() => this.targets.value.some(({ target }) => target.takesTiles));
  /** The source's layer would lie over the panorama. */
  readonly covers = computed(() => {
    const placed = this.source.value?.placed;
    return this.targets.value.some(
      ({ target }) => target.id === placed?.targetId && target.id !== this.source.value?.nodeId,
    );
  });
  /** What must be agreed to first. */
  readonly questions = computed(() => {
    const targets = this.targets.value.map(({ target }) => target);
    return {
      locked: targets.filter(({ locked }) => locked),
      components: targets.filter(({ isComponent }) => isComponent),
    };
  });
  readonly mustAgree = computed(() => {
    const { locked, components } = this.questions.value;
    return !this.agreed.value && locked.length + components.length > 0;
  });
  readonly problem = computed(() => this.#problem.value);
  readonly loading = computed(() => this.#loading.value || this.#photo.reading.value);

  constructor(
    main: MainChannel,
    photo: PhotoChoice,
    composer: Composer,
    cut: Cut = (source, whole) => shownPart(document, source, whole),
  ) {
    this.#main = main;
    this.#photo = photo;
    this.#composer = composer;
    this.#cut = cut;
  }

  /** Follows what is chosen until undone. */
  start(): Undo {
    const undos = [
      effect(() => {
        // Each report anew: the document may have changed under the same names.
        const turn = this.#report.value?.turn;
        const source = this.source.value;
        const whole = this.whole.value;
        if (turn !== undefined) void this.#load(source, whole);
      }),
      effect(() => {
        const plan = this.shown.value?.plan;
        if (plan) this.#composer.setFrame(plan.pixels);
      }),
    ];
    return () => {
      this.#turn += 1;
      for (const undo of undos) undo();
    };
  }

  /** Takes what main tells of the selection. */
  take(report: SelectionReport): void {
    const before = this.#report.value;
    if (before && before.turn > report.turn) return;
    batch(() => {
      const same = before && targetIds(before) === targetIds(report);
      this.#report.value = report;
      if (same) return;
      this.#sourceId.value = null;
      this.#targetId.value = null;
      this.#dropped.value = new Set();
      this.whole.value = false;
      this.agreed.value = false;
    });
  }

  chooseSource(id: string): void {
    batch(() => {
      this.#sourceId.value = id;
      this.whole.value = false;
    });
  }

  /** What was agreed to was agreed for the target before. */
  chooseTarget(id: string): void {
    batch(() => {
      this.#targetId.value = id;
      this.agreed.value = false;
    });
  }

  /** Leaves one of several out, or takes it in again. */
  toggle(id: string): void {
    const dropped = new Set(this.#dropped.value);
    const isBack = dropped.delete(id);
    if (!isBack) dropped.add(id);
    batch(() => {
      this.#dropped.value = dropped;
      if (isBack) this.agreed.value = false;
    });
  }

  isDropped(id: string): boolean {
    return this.#dropped.value.has(id);
  }

  planOf(target: TargetOption): Plan {
    const tiles = { wanted: this.tiles.value, possible: target.takesTiles };
    return planOf(target.size, this.scale.value, tiles);
  }

  apply({ scale, applyDraft, hideSource }: Filling): void {
    batch(() => {
      this.scale.value = scale;
      this.applyDraft.value = applyDraft;
      this.hideSource.value = hideSource;
    });
  }

  /** A source as a photo to send; null, and why, where it is not to be had. */
  async read(source: SourceOption, whole: boolean): Promise<{ blob: Blob } | { problem: SourceProblem }> {
    if (source.missing) return { problem: 'missing' };
    const answer = await this.#main.ask('readSource', { sourceId: source.id });
    if (!answer.ok) return { problem: answer.problem };
    return { blob: await this.#cut(answer.source, whole) };
  }

  async #load(source: SourceOption | null, whole: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.#problem.value = null;
    if (!source) {
      this.#loading.value = false;
      this.#photo.clear();
      return;
    }
    this.#loading.value = true;
    const read = await this.read(source, whole).catch(() => ({ problem: 'not-rendered' }) as const);
    if (turn !== this.#turn) return;
    if ('problem' in read) {
      this.#photo.clear();
      this.#problem.value = read.problem;
      this.#loading.value = false;
      return;
    }
    await this.#photo.choose({ blob: read.blob, name: source.name });
    if (turn !== this.#turn) return;
    this.#loading.value = false;
    this.#layAsInFrame(source);
  }

  /** Where the layer lies in the frame is where the photo is wanted; else its place in the frame before means nothing. */
  #layAsInFrame(source: SourceOption): void {
    const photo = this.#photo.photo.value;
    const target = this.shown.value?.target;
    if (!photo || !target) return;
    const rectangle = source.placed?.targetId === target.id ? source.placed.rectangle : null;
    // Once: where the user has dragged it since, it stays.
    const laid = JSON.stringify([source.nodeId, target.id, target.size, rectangle, photo.size]);
    if (laid === this.#laid) return;
    this.#laid = laid;
    const { anchor, zoom } = rectangle ? placeOf(photo.size, rectangle, target.size) : MIDDLE;
    batch(() => {
      this.#composer.anchor.value = anchor;
      this.#composer.setZoom(zoom);
    });
  }
}

/** The whole photo in the middle of the frame. */
const MIDDLE = { anchor: { x: 0.5, y: 0.5 }, zoom: 1 };

/** Whether two reports are of the same layers. */
function targetIds({ targets, sources }: SelectionReport): string {
  return [...targets.map(({ id }) => id), ...sources.map(({ id }) => id)].join(' ');
}
