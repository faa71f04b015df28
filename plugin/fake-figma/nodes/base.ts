/** What every node has: its name and place in the tree, the plugin's data, its removal. */
import type {
  BaseNodeMixin,
  ExplicitVariableModesMixin,
  SceneNodeMixin,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { FigmaError, assert } from '../errors.ts';
import { boolean, string, validate } from '../schema.ts';
import { ancestors } from '../places.ts';
import { clone as cloneTree, remove as removeTree } from '../tree.ts';
import { frozen, stored, unmodelled, type Field, type Layer, type Table } from './property.ts';

const DATA_BYTES = 100_000;
const DESCRIPTION_CHARACTERS = 1000;

const name = stored('name', '', string);

export const base: Table<BaseNodeMixin & { type: string }> = {
  id: { get: ({ id }) => id },
  type: { get: ({ type }) => type },
  removed: { get: ({ session, id }) => session.document.find(id) === null },
  parent: {
    get: ({ session, node }) => (node.parent === null ? null : session.handle(node.parent)),
  },
  name: {
    get: (layer) => (layer.type === 'DOCUMENT' ? layer.session.document.name : frozen(layer.node.props.name)),
    set(layer, value) {
      assert(layer.type !== 'DOCUMENT', 'Setting the document name is currently not supported');
      name.set?.(layer, value);
    },
  },
  toString: { call: ({ type }) => `${type} node` },
  remove: { call: ({ session, id }) => removeTree(session.document, id) },
  getTopLevelFrame: { call: topLevelFrame },
  setRelaunchData: { call: setRelaunchData },
  getRelaunchData: { call: ({ node }) => ({ ...node.relaunch }) },
  getPluginData: { call: ({ node }, key) => node.pluginData[checked('key', key)] ?? '' },
  setPluginData: { call: setPluginData },
  getPluginDataKeys: { call: ({ node }) => Object.keys(node.pluginData) },
  ...unmodelled('getSharedPluginData', 'setSharedPluginData', 'getSharedPluginDataKeys'),
  ...unmodelled('isAsset', 'getCSSAsync', 'getDevResourcesAsync', 'addDevResourceAsync'),
  ...unmodelled('editDevResourceAsync', 'deleteDevResourceAsync', 'setDevResourcePreviewAsync'),
};

export const variableModes: Table<ExplicitVariableModesMixin> = {
  ...unmodelled('explicitVariableModes', 'clearExplicitVariableModeForCollection'),
  ...unmodelled('setExplicitVariableModeForCollection'),
};

export const scene: Table<SceneNodeMixin & { clone(): unknown }> = {
  visible: stored('visible', true, boolean),
  locked: stored('locked', false, boolean),
  clone: {
    call: ({ session, id }) => session.handle(cloneTree(session.document, id, session.document.currentPage)),
  },
  ...variableModes,
  ...unmodelled('stuckNodes', 'attachedConnectors', 'componentPropertyReferences', 'boundVariables'),
  ...unmodelled('setBoundVariable', 'inferredVariables', 'resolvedVariableModes', 'animationStyles'),
  ...unmodelled('animations', 'manualKeyframeTracks', 'timelines', 'applyAnimationStyle'),
  ...unmodelled('removeAnimationStyle', 'applyManualKeyframeTrack', 'removeManualKeyframeTrack'),
  ...unmodelled('setTimelineDuration'),
};

/** A property that a plugin cannot write. */
export const readOnly = (get: (layer: Layer) => unknown): Field => ({ get });

export function checked(argument: string, value: unknown): string {
  validate(argument, string, value);
  return String(value);
}

function topLevelFrame({ session, id, node }: Layer): object | undefined {
  const chain = [node, ...ancestors(session.document, id)];
  const frame = chain.filter(({ type }) => type === 'FRAME').at(-1);
  return frame && session.handle(frame.id);
}

function setPluginData({ session, id, node }: Layer, key: unknown, value: unknown): void {
  const [name, text] = [checked('key', key), checked('value', value)];
  const { [name]: _old, ...others } = node.pluginData;
  const size = new TextEncoder().encode(name + text).length;
  assert(size <= DATA_BYTES, 'This pluginData entry exceeds 100 kB per entry limit.');
  session.document.setData(id, { pluginData: text === '' ? others : { ...others, [name]: text } });
}

function setRelaunchData({ session, id }: Layer, data: unknown): void {
  if (typeof data !== 'object' || data === null) throw new FigmaError('Expected "data" to be an object');
  const relaunch: Record<string, string> = {};
  for (const [command, description] of Object.entries(data)) {
    const text = checked(command, description);
    const declared = session.options.relaunchCommands.includes(command);
    assert(declared, `"${command}" is not a command of the manifest's relaunchButtons`);
    assert(text.length <= DESCRIPTION_CHARACTERS, 'The relaunch description exceeds 1000 characters');
    relaunch[command] = text;
  }
  session.document.setData(id, { relaunch });
}
