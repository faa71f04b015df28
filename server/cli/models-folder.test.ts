import { expect, it } from 'vitest';
import { modelsFolder } from './models-folder.ts';

it("[CLI14] keeps models in DATA_DIR, else in the platform's cache folder", () => {
  const home = '/home/ada';
  const folder = (platform: NodeJS.Platform, env: Record<string, string>) =>
    modelsFolder({ platform, env, home });
  expect(folder('linux', { DATA_DIR: '/data', XDG_CACHE_HOME: '/cache' })).toBe('/data/models');
  expect(folder('linux', { XDG_CACHE_HOME: '/cache' })).toBe('/cache/panorama-converter/models');
  expect(folder('linux', { XDG_CACHE_HOME: 'relative', DATA_DIR: '' })).toBe(
    '/home/ada/.cache/panorama-converter/models',
  );
  expect(folder('darwin', {})).toBe('/home/ada/Library/Caches/panorama-converter/models');
  expect(folder('win32', { LOCALAPPDATA: 'C:\\Local' })).toBe('C:\\Local\\panorama-converter\\Cache\\models');
});
