/** What of the selection can be sent and what can be filled. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { SelectionHint, SelectionReport, SourceOption } from '../../messages.ts';
import { isInside, rectangleIn, type Fillable } from '../layers.ts';
import { cropOf, turnOf } from '../paints.ts';
import { thumbnailOf } from '../render.ts';
import { storedSize } from '../source.ts';
import type { Picture } from './pictures.ts';
import { rolesOf, type Roles } from './roles.ts';
import { targetOption } from './targets.ts';

/** So many sources are offered; of several frames each keeps its own, but the rest without a thumbnail. */
const MOST_SOURCES = 12;
/** Proportions that differ by less are the same. */
const SAME_PROPORTIONS = 0.01;

/** `turn` counts the reports. */
export async function readSelection(figma: PluginAPI, turn: number): Promise<SelectionReport> {
  const { selection } = figma.currentPage;
  const roles = rolesOf(selection);
  const pictures = roles.several ? roles.pictures : roles.pictures.slice(0, MOST_SOURCES);
  const offered = new Set(pictures.map(({ id }) => id));
  // All that is asked of the document itself is asked before the first wait: meanwhile it may change.
  const [sources, targets, first] = await Promise.all([
    Promise.all(pictures.map((picture, i) => sourceOption(figma, picture, roles.targets, i < MOST_SOURCES))),
    Promise.all(roles.targets.map((target) => targetOption(target, offered))),
    firstTarget(figma, roles),
  ]);
  return {
    turn,
    sources,
    targets: [...targets.filter(({ id }) => id === first), ...targets.filter(({ id }) => id !== first)],
    several: roles.several,
    hint: hintOf(selection.length, sources.length, targets.length),
  };
}

async function sourceOption(
  figma: PluginAPI,
  picture: Picture,
  targets: readonly Fillable[],
  withThumbnail: boolean,
): Promise<SourceOption> {
  const { id, node, name, kind, rendered, paint, shown } = picture;
  const option = {
    id,
    nodeId: node.id,
    name,
    kind,
    rendered,
    cropped: paint !== null && cropOf(paint) !== null,
    placed: placedIn(picture, targets),
  };
  const [size, thumbnail] = await Promise.all([
    paint && storedSize(figma, paint),
    withThumbnail && shown ? thumbnailOf(node) : null,
  ]);
  return { ...option, missing: paint !== null && size === null, thumbnail };
}

function placedIn({ node, kind }: Picture, targets: readonly Fillable[]): SourceOption['placed'] {
  const target = kind === 'original' ? undefined : targets.find((each) => isInside(node, each));
  const rectangle = target && rectangleIn(target, node);
  return rectangle ? { targetId: target.id, rectangle } : null;
}

/** A picture that shows all of itself goes on into its frame; one that shows a part has more to show at its own place. */
async function firstTarget(figma: PluginAPI, { undecided, targets }: Roles): Promise<string | null> {
  if (!undecided) return targets[0]?.id ?? null;
  const { picture, frame } = undecided;
  const [itself, around] = [picture.node.id, frame.id];
  // A section sorts frames; it is hardly what is to be filled.
  if (frame.type === 'SECTION') return itself;
  return (await isCut(figma, picture)) ? itself : around;
}

async function isCut(figma: PluginAPI, { node, paint }: Picture): Promise<boolean> {
  if (!paint || paint.scaleMode === 'FIT') return false;
  if (paint.scaleMode === 'CROP') return cropOf(paint) !== null;
  const layer = node.width / node.height;
  const size = await storedSize(figma, paint);
  if (!size) return false;
  const picture = turnOf(paint) % 180 === 0 ? size.width / size.height : size.height / size.width;
  return Math.abs(picture / layer - 1) > SAME_PROPORTIONS;
}

function hintOf(selected: number, sources: number, targets: number): SelectionHint | null {
  if (selected === 0) return 'nothing';
  if (sources > 0) return targets > 0 ? null : 'needs-frame';
  return targets > 0 ? 'needs-picture' : 'no-fills';
}
