/** What a report of the selection goes by, as a text: where that is the same, so is the report. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { isLocked } from '../layers.ts';
import { fillsOf } from '../paints.ts';
import { rolesOf } from './roles.ts';

export function digestOf(figma: PluginAPI): string {
  const { pictures, targets } = rolesOf(figma.currentPage.selection);
  const nodes = new Set([...targets, ...pictures.map(({ node }) => node)]);
  return JSON.stringify([
    pictures.map(({ id, shown }) => [id, shown]),
    [...nodes].map((node) => {
      const { id, name, width, height, absoluteTransform } = node;
      return [id, name, width, height, absoluteTransform, isLocked(node), fillsOf(node)];
    }),
  ]);
}
