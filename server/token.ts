/** The token that every client sends: a page of another origin could otherwise use a server on this machine. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from './disk/errors.ts';
import { writeWhole } from './disk/write-whole.ts';

/** The token of a data folder: made at the first start, readable by its owner alone. */
export async function readToken(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'token');
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (text !== '') return text;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const token = randomBytes(24).toString('base64url');
  await writeWhole(path, `${token}\n`, 'the token', 0o600);
  return token;
}
