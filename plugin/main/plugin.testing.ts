/** The plugin on a document in memory, and its window as a test that asks. */
import type {
  FrameNode,
  ImagePaint,
  Paint,
  PluginAPI,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import {
  add,
  buildDocument,
  createFakeFigma,
  fakeImage,
  imageFill,
  type FakeDocument,
  type FakeFigma,
} from '../fake-figma/fake-figma.ts';
import type {
  Answer,
  FillAnswer,
  FillPicture,
  FillStart,
  Opening,
  PendingFill,
  Question,
  RequestName,
  SelectionReport,
  ToWindow,
} from '../messages.ts';
import type { Size } from '../../shared/geometry.ts';
import { readSelection } from './selection/read-selection.ts';
import { startPlugin } from './start.ts';

export const RELAUNCH_COMMANDS = ['resize', 'restore'];

export interface PluginOptions {
  readonly command?: string;
  readonly document?: FakeDocument;
  readonly storage?: Map<string, unknown>;
  /** Names of what is selected before it starts. */
  readonly selected?: readonly string[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What it sees of Figma, where that is not all as it is. */
  readonly seen?: (figma: PluginAPI) => PluginAPI;
}

export interface OpenPlugin extends FakeFigma {
  ask<K extends RequestName>(name: K, question: Question<K>): Promise<Answer<K>>;
  /** What main has told unasked, oldest first. */
  readonly told: readonly Extract<ToWindow, { type: 'event' }>[];
  readonly reports: () => readonly SelectionReport[];
}

/** A plugin that is started, and whose window has not asked yet. */
export async function openPlugin(options: PluginOptions = {}): Promise<OpenPlugin> {
  const { document = await buildDocument(() => undefined), command = 'fill', storage, seen } = options;
  const fake = createFakeFigma({
    command,
    document,
    relaunchCommands: RELAUNCH_COMMANDS,
    ...(storage && { storage }),
  });
  startPlugin(seen ? seen(fake.figma) : fake.figma, '<html>');
  select(fake, ...(options.selected ?? []));
  await fake.user.run(options.parameters);
  const told: Extract<ToWindow, { type: 'event' }>[] = [];
  const waiting = new Map<number, (answer: Extract<ToWindow, { type: 'answer' }>) => void>();
  fake.iframe.onMessage((message) => {
    const known = message as ToWindow;
    if (known.type === 'event') told.push(known);
    else waiting.get(known.id)?.(known);
  });
  let lastId = 0;
  return Object.assign(fake, {
    told,
    reports: () => told.flatMap((event) => (event.name === 'selection' ? [event.event] : [])),
    ask: <K extends RequestName>(name: K, question: Question<K>) =>
      new Promise<Answer<K>>((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, (answer) => {
          if (answer.ok) resolve(answer.answer as Answer<K>);
          else reject(new Error(answer.message));
        });
        fake.iframe.post({ type: 'request', id, name, question });
      }),
  });
}

export const opening = (plugin: OpenPlugin): Promise<Opening> => plugin.ask('opened', null);

export function select({ user, document }: FakeFigma, ...names: readonly string[]): void {
  user.select(...names.map((name) => document.named(name)));
}

/** Looks at a document as the plugin does; `names` are selected. */
export async function reportOf(
  build: (figma: PluginAPI) => void | Promise<void>,
  ...names: readonly string[]
): Promise<SelectionReport & { readonly fake: FakeFigma }> {
  const fake = createFakeFigma({ document: await buildDocument(build) });
  select(fake, ...names);
  return { ...(await readSelection(fake.figma, 1)), fake };
}

export const HERO_SIZE: Size = { width: 1440, height: 491 };
export const PHOTO_SIZE: Size = { width: 600, height: 400 };

export const photoBytes = (seed = 0): Uint8Array => fakeImage('jpeg', PHOTO_SIZE, seed);

/** A fill with a photo; `seed` makes it another one. */
export const photo = (figma: PluginAPI, seed = 0, options: Partial<ImagePaint> = {}): ImagePaint =>
  imageFill(figma, photoBytes(seed), options);

export const addHero = (figma: PluginAPI, fills?: readonly Paint[]): FrameNode =>
  add(figma, 'FRAME', { name: 'Hero', ...HERO_SIZE, ...(fills && { fills }) });

/** What is read of a report: names, in order. */
export const names = (options: readonly { readonly name: string }[]): string[] =>
  options.map(({ name }) => name);

/** A layer of a document by its name, as the plugin sees it. */
export async function layer<T extends string>(
  { figma, document }: FakeFigma,
  name: string,
  type: T,
): Promise<Extract<NonNullable<Awaited<ReturnType<PluginAPI['getNodeByIdAsync']>>>, { type: T }>> {
  const node = await figma.getNodeByIdAsync(document.named(name));
  if (node?.type !== type) throw new Error(`${name} is no ${type}`);
  return node as Extract<typeof node, { type: T }>;
}

export interface Wish extends Partial<Omit<FillStart, 'targetId' | 'source'>> {
  readonly target: string;
  readonly source?: FillStart['source'];
}

/** Begins a panorama for a layer, by its name. */
export async function begin(plugin: OpenPlugin, { target, ...wish }: Wish): Promise<PendingFill> {
  const targetId = plugin.document.named(target);
  const start: FillStart = {
    id: 'p1',
    server: 'http://localhost:7262',
    targetId,
    scale: 1,
    pixels: { width: 1440, height: 491 },
    source: { nodeId: targetId, name: target },
    hideSource: false,
    applyDraft: true,
    unlocked: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...wish,
  };
  const [pending] = await plugin.ask('begin', { fills: [start] });
  if (!pending) throw new Error(`${target} is gone`);
  return pending;
}

/** Sends one picture for a panorama that was begun. Each variant is another picture. */
export function fill(
  plugin: OpenPlugin,
  { id, pixels }: PendingFill,
  changes: Partial<FillPicture> = {},
): Promise<FillAnswer> {
  const variant = changes.variant ?? 1;
  const parts = [{ rectangle: { x: 0, y: 0, ...pixels }, bytes: panorama(pixels, variant) }];
  return plugin.ask('fill', {
    id,
    variant,
    parts,
    into: 'target',
    description: 'Extend from “Hero”',
    ...changes,
  });
}

export const panorama = (size: Size, variant = 1): Uint8Array => fakeImage('png', size, 100 + variant);
