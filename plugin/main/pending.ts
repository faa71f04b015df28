/**
 * Panoramas on their way into the document, kept in its plugin data so that a plugin opened again finds them.
 *
 * Plugin data is part of Figma's undo history: undoing a fill brings back that it was waited for. So what is no longer
 * waited for is kept outside of the document as well.
 */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FillStart, PendingFill } from '../messages.ts';
import { findLayer, pageOf, sizeOf } from './layers.ts';
import type { Settings } from './settings.ts';
import {
  STORED_BYTES,
  asText,
  fromText,
  isFields,
  isPositive,
  isRectangle,
  isSize,
  shortName,
} from './stored.ts';

const VERSION = 1;
/** Another version keeps its own list. */
const KEY = `pending-${VERSION}`;
const MOST = 50;
const FORGOTTEN = 'forgotten';
const MOST_FORGOTTEN = 200;

export interface PendingFills {
  /** Null for each whose target is gone. */
  begin(starts: readonly FillStart[]): Promise<(PendingFill | null)[]>;
  /** Also one that was forgotten, as long as the plugin is open: its other variants may still be wanted. */
  find(id: string): PendingFill | null;
  forget(ids: readonly string[]): Promise<void>;
  /** Those of this document, oldest first. */
  waitedFor(): Promise<PendingFill[]>;
}

export function createPendingFills(figma: PluginAPI, settings: Settings): PendingFills {
  const known = new Map(read(figma).map((fill) => [fill.id, fill]));

  async function noted(start: FillStart): Promise<PendingFill | null> {
    const node = await findLayer(figma, start.targetId);
    const page = node && pageOf(node);
    if (!node || !page) return null;
    const { x, y } = node.absoluteBoundingBox ?? { x: 0, y: 0 };
    return {
      ...start,
      source: { ...start.source, name: shortName(start.source.name) },
      name: shortName(node.name),
      pageId: page.id,
      place: { x, y, ...sizeOf(node) },
    };
  }

  async function forgotten(): Promise<string[]> {
    const ids = await settings.read(FORGOTTEN).catch(() => null);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  }

  /** Where it cannot be kept, only an undo brings them back. */
  async function keepForgotten(ids: readonly string[]): Promise<void> {
    await settings.write(FORGOTTEN, ids.slice(-MOST_FORGOTTEN)).catch(() => undefined);
  }

  return {
    async begin(starts) {
      const fills = await Promise.all(starts.map(noted));
      const added = fills.filter((fill) => fill !== null);
      for (const fill of added) known.set(fill.id, fill);
      const ids = new Set(added.map(({ id }) => id));
      const before = read(figma).filter(({ id }) => !ids.has(id));
      if (added.length > 0) write(figma, [...before, ...added]);
      const out = await forgotten();
      if (out.some((id) => ids.has(id))) await keepForgotten(out.filter((id) => !ids.has(id)));
      return fills;
    },
    find: (id) => known.get(id) ?? null,
    async forget(ids) {
      const fills = read(figma);
      const kept = fills.filter(({ id }) => !ids.includes(id));
      if (kept.length < fills.length) write(figma, kept);
      await keepForgotten([...(await forgotten()).filter((id) => !ids.includes(id)), ...ids]);
    },
    async waitedFor() {
      const ids = await forgotten();
      const pages = new Set(figma.root.children.map(({ id }) => id));
      return read(figma).filter(({ id, pageId }) => pages.has(pageId) && !ids.includes(id));
    },
  };
}

/** Oldest first; what is damaged is left out. */
function read(figma: PluginAPI): PendingFill[] {
  const value = fromText(figma.root.getPluginData(KEY));
  if (!isFields(value) || value.version !== VERSION || !Array.isArray(value.fills)) return [];
  return value.fills.filter(isPendingFill);
}

/** Those that do not fit are let go of, the oldest first. */
function write(figma: PluginAPI, fills: readonly PendingFill[]): void {
  let kept = fills.slice(-MOST);
  while (asText({ version: VERSION, fills: kept }).length > STORED_BYTES) kept = kept.slice(1);
  figma.root.setPluginData(KEY, kept.length === 0 ? '' : asText({ version: VERSION, fills: kept }));
}

const STRINGS = ['id', 'server', 'targetId', 'name', 'pageId', 'createdAt'] as const;
const FLAGS = ['hideSource', 'applyDraft', 'unlocked'] as const;

function isPendingFill(value: unknown): value is PendingFill {
  if (!isFields(value)) return false;
  const { source, scale, place, pixels } = value;
  return (
    STRINGS.every((key) => typeof value[key] === 'string') &&
    FLAGS.every((key) => typeof value[key] === 'boolean') &&
    isFields(source) &&
    typeof source.nodeId === 'string' &&
    typeof source.name === 'string' &&
    (source.id === undefined || typeof source.id === 'string') &&
    isPositive(scale) &&
    isRectangle(place) &&
    isSize(pixels)
  );
}
