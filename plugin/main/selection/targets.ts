/** What can be filled, told to the window. */
import type { SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { TargetOption } from '../../messages.ts';
import { ancestorsOf, instanceAround, isLocked, sizeOf, takesTiles, type Fillable } from '../layers.ts';
import { holdsPanorama, readRecord } from '../record.ts';
import { imagesOf } from './pictures.ts';

/** `offered`: the ids of the sources in the same report. */
export async function targetOption(node: Fillable, offered: ReadonlySet<string>): Promise<TargetOption> {
  const record = readRecord(node);
  const instance = instanceAround(node);
  const own = imagesOf(node).find(({ id }) => offered.has(id));
  const option = {
    id: node.id,
    name: node.name,
    size: sizeOf(node),
    locked: isLocked(node),
    isComponent: !instance && isInComponent(node),
    takesTiles: takesTiles(node),
    filled: record !== null && holdsPanorama(node, record),
    ownSource: own?.id ?? null,
  };
  // Last, for meanwhile the layer may be gone.
  return { ...option, instanceOf: instance && (await mainName(instance)) };
}

function isInComponent(node: SceneNode): boolean {
  return [node, ...ancestorsOf(node)].some(({ type }) => type === 'COMPONENT' || type === 'COMPONENT_SET');
}

/** The main component's name, a variant's that of its set; where it is not to be had, what the instance is called. */
async function mainName(instance: Extract<SceneNode, { type: 'INSTANCE' }>): Promise<string> {
  const { name } = instance;
  const main = await instance.getMainComponentAsync().catch(() => null);
  if (!main) return name;
  return main.parent?.type === 'COMPONENT_SET' ? main.parent.name : main.name;
}
