/** Bringing layers before the user's eyes. */
import type { PluginAPI, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { findLayer, pageOf } from './layers.ts';

/** Selects a layer, on its page, and scrolls to it. Whether it is on a page. */
export async function showLayer(figma: PluginAPI, layer: SceneNode): Promise<boolean> {
  const page = pageOf(layer);
  if (!page) return false;
  if (page.id !== figma.currentPage.id) await figma.setCurrentPageAsync(page);
  page.selection = [layer];
  figma.viewport.scrollAndZoomIntoView([layer]);
  return true;
}

/** The same for an id. Whether it is there. */
export async function reveal(figma: PluginAPI, id: string): Promise<boolean> {
  const layer = await findLayer(figma, id);
  return layer !== null && showLayer(figma, layer);
}
