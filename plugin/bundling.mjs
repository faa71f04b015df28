// What the bundles of page and plugin share.

/** The first versions that know what the style sheets use, above all light-dark(). */
export const TARGET = ['chrome123', 'firefox120', 'safari17.5'];

/** zod's classes bring along how schemas become JSON schemas, 19 kB that no page needs. */
export const withoutJsonSchemas = {
  name: 'without-json-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /zod[/\\]v4[/\\]core[/\\](to-json-schema|json-schema-processors)\.js$/ }, () => ({
      // In the old form, whose exports are looked up only when they are used.
      contents: `
        const none = () => { throw new Error('internal: JSON schemas are not part of this bundle'); };
        exports.createToJSONSchemaMethod = exports.createStandardJSONSchemaMethod = () => none;`,
    }));
  },
};
