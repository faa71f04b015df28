import { posix, win32 } from 'node:path';

/** What the place of the models depends on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

const NAME = 'panorama-converter';

/** Where trained models are kept: `$DATA_DIR/models`, else the platform's folder for what can be made again. */
export function modelsFolder({ env, platform, home }: Surroundings): string {
  const path = platform === 'win32' ? win32 : posix;
  if (env.DATA_DIR) return path.join(env.DATA_DIR, 'models');
  if (platform === 'win32') {
    return path.join(env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), NAME, 'Cache', 'models');
  }
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', NAME, 'models');
  // The XDG specification has relative paths ignored.
  const cache = env.XDG_CACHE_HOME;
  return path.join(
    cache !== undefined && path.isAbsolute(cache) ? cache : path.join(home, '.cache'),
    NAME,
    'models',
  );
}
