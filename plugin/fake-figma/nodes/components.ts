/** Components, their variants, and instances. */
import type {
  ComponentPropertiesMixin,
  ComponentNode,
  InstanceNode,
  PublishableMixin,
  VariantMixin,
  DefaultFrameMixin,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Props } from '../document.ts';
import { dynamicPage } from '../errors.ts';
import { IDENTITY } from '../geometry.ts';
import { string } from '../schema.ts';
import { readOnly } from './base.ts';
import { stored, unmodelled, type Layer, type Table } from './property.ts';

export const publishable: Table<PublishableMixin> = {
  description: stored('description', '', string),
  remote: readOnly(() => false),
  ...unmodelled('descriptionMarkdown', 'documentationLinks', 'key', 'getPublishStatusAsync'),
};

export const componentProperties: Table<ComponentPropertiesMixin> = {
  ...unmodelled('componentPropertyDefinitions', 'addComponentProperty', 'editComponentProperty'),
  ...unmodelled('deleteComponentProperty'),
};

const variant: Table<VariantMixin> = unmodelled('variantProperties');

type Frame = DefaultFrameMixin & { type: string; clone(): unknown };

export const component: Table<ComponentNode, Frame> = {
  ...publishable,
  ...componentProperties,
  ...variant,
  createInstance: { call: createInstance },
  getInstancesAsync: {
    // eslint-disable-next-line @typescript-eslint/require-await -- its errors are rejections
    call: async ({ session, id }) => [...session.handles(session.document.instancesOf(id))],
  },
  instances: {
    get() {
      throw dynamicPage('node.getInstancesAsync');
    },
  },
  ...unmodelled('createSlot'),
};

export const instance: Table<InstanceNode, Frame> = {
  ...variant,
  getMainComponentAsync: {
    // eslint-disable-next-line @typescript-eslint/require-await -- its errors are rejections
    call: async ({ session, node }) => session.handle(node.component ?? ''),
  },
  mainComponent: {
    get() {
      throw dynamicPage('node.getMainComponentAsync');
    },
    set() {
      throw dynamicPage('node.swapComponent');
    },
  },
  ...unmodelled('swapComponent', 'setProperties', 'componentProperties', 'detachInstance', 'scaleFactor'),
  ...unmodelled('exposedInstances', 'isExposedInstance', 'overrides', 'resetOverrides', 'removeOverrides'),
};

/** What an instance does not say of itself it takes from the component, its size too. */
function createInstance({ session, id, node }: Layer): object {
  const { document } = session;
  const own = { name: node.props.name, transform: IDENTITY } as Props;
  return session.handle(document.create('INSTANCE', document.currentPage, own, id));
}
