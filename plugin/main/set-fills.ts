/** Fills as Figma wants them set. */
import type { MinimalFillsMixin, Paint } from '@figma/plugin-typings/plugin-api-standalone.d.ts';

/** Patterns are drawn from layers of the document, which may have to be loaded first. */
export async function setFills(node: MinimalFillsMixin, fills: readonly Paint[]): Promise<void> {
  if (fills.some(({ type }) => type === 'PATTERN')) await node.setFillsAsync(fills);
  else node.fills = fills;
}
