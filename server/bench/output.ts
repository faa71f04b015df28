/** Where a benchmark's `--json` writes. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError } from '../cli/errors.ts';

/**
 * Work must not end with a name that cannot be written.
 *
 * @throws FileError
 */
export async function checkOutput(path: string): Promise<void> {
  const folder = dirname(path);
  const [inFolder, there] = await Promise.all([folder, path].map((name) => stat(name).catch(() => null)));
  if (!inFolder?.isDirectory())
    throw new FileError('missing', `--json: expected a folder at ${folder}, got none`);
  if (there && !there.isFile())
    throw new FileError('not-a-file', `--json: expected a file's name, got ${path}, which is something else`);
}
