// Builds Figma's plugin again at each change: Figma takes the new files when the plugin is run again.
import { buildPlugin } from './build-figma.mjs';

console.log('dist/plugin is built at each change; Ctrl-C ends');
await buildPlugin({
  dev: true,
  watch: true,
  onBuilt: (errors) => {
    const time = new Date().toLocaleTimeString();
    console.log(errors === 0 ? `${time} built` : `${time} ${errors} errors`);
  },
});
