/** A GPU made of software for tests: SwiftShader and the Vulkan loader, which the tests' Chromium brings along. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_FOLDER, unpackChromium } from '../../shared/chromium.testing.ts';

/** What the package is built for. */
export const HAS_SOFTWARE_GPU = process.platform === 'linux' && process.arch === 'x64';

export const SOFTWARE_GPU_VARIABLES = {
  VK_ICD_FILENAMES: join(CHROMIUM_FOLDER, 'vk_swiftshader_icd.json'),
  LD_LIBRARY_PATH: CHROMIUM_FOLDER,
  XDG_RUNTIME_DIR: tmpdir(),
  /** See `tested-engines.testing.ts`. */
  TESTED_PROVIDER: 'webgpu',
};

/** Vitest's, before the first test. */
export async function setup(): Promise<void> {
  if (HAS_SOFTWARE_GPU) await unpackChromium();
  else
    console.warn(
      `\nNO SOFTWARE GPU FOR ${process.platform} ${process.arch}: THE WEBGPU ENGINE IS NOT TESTED\n`,
    );
}
