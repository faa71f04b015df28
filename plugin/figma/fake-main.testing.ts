/** Main in memory, scripted by tests: answers are set, questions are recorded, events are told. */
import type {
  Answer,
  EventName,
  Events,
  FillAnswer,
  FillPicture,
  Opening,
  PendingFill,
  Question,
  RequestName,
  SelectionReport,
  SourceAnswer,
  SourceOption,
  TargetOption,
} from '../messages.ts';
import type { Undo } from '../ui/undo.ts';
import type { MainChannel } from './channel.ts';

type Answers = { [K in RequestName]: (question: Question<K>) => Answer<K> | Promise<Answer<K>> };

export class FakeMain implements MainChannel {
  /** Every question, in order. */
  readonly asked: { name: RequestName; question: unknown }[] = [];
  readonly settings: Map<string, unknown>;
  readonly pending: PendingFill[] = [];
  readonly filled: FillPicture[] = [];
  readonly toasts: string[] = [];
  opening: Opening = openingOf();
  source: SourceAnswer = {
    ok: true,
    source: { bytes: new Uint8Array([1]), crop: null, rotation: 0, size: { width: 4, height: 3 } },
  };
  /** What a picture meets in the document. */
  fill: (picture: FillPicture) => FillAnswer | Promise<FillAnswer> = () => ({ ok: true, nodeId: '1:2' });
  /** Targets that are gone. */
  readonly gone = new Set<string>();
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>();

  constructor(settings = new Map<string, unknown>()) {
    this.settings = settings;
  }

  readonly #answers: Answers = {
    opened: () => this.opening,
    readSetting: ({ key }) => this.settings.get(key),
    writeSetting: ({ key, value }) => {
      this.settings.set(key, value);
      return null;
    },
    readSource: () => this.source,
    begin: ({ fills }) =>
      fills.map((fill) => {
        if (this.gone.has(fill.targetId)) return null;
        const place = { x: 0, y: 0, width: 1440, height: 491 };
        const pending = { ...fill, name: `Frame ${fill.targetId}`, pageId: '0:1', place };
        this.pending.push(pending);
        return pending;
      }),
    fill: (picture) => {
      this.filled.push(picture);
      return this.fill(picture);
    },
    settle: () => null,
    forget: ({ ids }) => {
      for (const id of ids) {
        const at = this.pending.findIndex((pending) => pending.id === id);
        if (at >= 0) this.pending.splice(at, 1);
      }
      return null;
    },
    restore: () => ({ restored: 1, failed: [] }),
    reveal: () => true,
    toast: ({ text }) => {
      this.toasts.push(text);
      return null;
    },
    showWindow: () => null,
    openPage: () => null,
    close: () => null,
  };

  async ask<K extends RequestName>(name: K, question: Question<K>): Promise<Answer<K>> {
    this.asked.push({ name, question });
    await Promise.resolve();
    return this.#answers[name](question);
  }

  on<K extends EventName>(name: K, listener: (event: Events[K]) => void): Undo {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  tell<K extends EventName>(name: K, event: Events[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as (event: Events[K]) => void)(event);
  }

  /** The questions of one name. */
  questions<K extends RequestName>(name: K): Question<K>[] {
    return this.asked.filter((each) => each.name === name).map(({ question }) => question as Question<K>);
  }
}

export function sourceOf(changes: Partial<SourceOption> = {}): SourceOption {
  return {
    id: '1:2/0',
    nodeId: '1:2',
    name: 'meadow.jpg',
    kind: 'image',
    rendered: null,
    cropped: false,
    thumbnail: null,
    missing: false,
    placed: null,
    ...changes,
  };
}

export function targetOf(changes: Partial<TargetOption> = {}): TargetOption {
  return {
    id: '1:2',
    name: 'Hero',
    size: { width: 1440, height: 491 },
    locked: false,
    instanceOf: null,
    isComponent: false,
    takesTiles: true,
    filled: false,
    ownSource: '1:2/0',
    ...changes,
  };
}

export function reportOf(changes: Partial<SelectionReport> = {}): SelectionReport {
  return { turn: 1, sources: [sourceOf()], targets: [targetOf()], several: false, hint: null, ...changes };
}

export function openingOf(changes: Partial<Opening> = {}): Opening {
  return { command: 'fill', visible: true, quick: {}, selection: reportOf(), pending: [], ...changes };
}

export function pendingOf(changes: Partial<PendingFill> = {}): PendingFill {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    server: 'http://fake',
    targetId: '1:2',
    name: 'Hero',
    pageId: '0:1',
    place: { x: 0, y: 0, width: 1440, height: 491 },
    scale: 1,
    pixels: { width: 1440, height: 491 },
    source: { nodeId: '1:2', name: 'meadow.jpg' },
    hideSource: true,
    applyDraft: true,
    unlocked: false,
    createdAt: '2026-05-04T10:00:00.000Z',
    ...changes,
  };
}
