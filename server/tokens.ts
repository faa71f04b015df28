/**
 * Who may use the server: tokens, each with the name of its owner. Without them a page of another origin could use a
 * server on this machine.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PanoramaError } from '../shared/errors.ts';
import { systemCode } from './disk/errors.ts';
import { writeWhole } from './disk/write-whole.ts';

export class TokensError extends PanoramaError<'invalid-tokens'> {
  constructor(message: string, cause?: unknown) {
    super('invalid-tokens', 'request', message, cause);
  }
}

/** Of the token that has no name. */
export const DEFAULT_OWNER = 'default';

export const TOKEN = /^[\x21-\x7e]{16,256}$/;
const NAME = /^[\w.-]{1,64}$/;

/** Finds owners by the digests of their tokens: how long that takes says nothing of a token. */
export class Tokens {
  private readonly owners = new Map<string, string>();

  constructor(owners: ReadonlyMap<string, string>) {
    for (const [token, owner] of owners) this.owners.set(digest(token), owner);
  }

  static one(token: string): Tokens {
    return new Tokens(new Map([[token, DEFAULT_OWNER]]));
  }

  /** Null for a token that nobody has. */
  ownerOf(token: string): string | null {
    return this.owners.get(digest(token)) ?? null;
  }
}

/**
 * Reads a file of `NAME TOKEN` lines; empty lines and those that begin with # say nothing. Beside them `token`, where it
 * is given, is the nameless owner's.
 *
 * @throws TokensError, without a token in its text
 */
export async function readTokens(path: string, token: string | null): Promise<Tokens> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new TokensError(
      `TOKENS: ${path} cannot be read (${systemCode(error)}); correct the path or its rights`,
      error,
    );
  });
  const owners = new Map<string, string>(token === null ? [] : [[token, DEFAULT_OWNER]]);
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim().split(/\s+/);
    const [name = '', secret = ''] = words;
    if (name === '' || name.startsWith('#')) continue;
    const problem = (expected: string): TokensError =>
      new TokensError(`TOKENS: ${path}, line ${index + 1}: expected ${expected}`);
    if (words.length !== 2) throw problem('a name and a token');
    if (!NAME.test(name)) throw problem('a name of up to 64 letters, digits, ., _ and -');
    if (!TOKEN.test(secret)) throw problem('a token of 16 to 256 visible ASCII characters');
    if (owners.has(secret)) throw problem('a token that no line before has');
    owners.set(secret, name);
  }
  if (owners.size === 0)
    throw new TokensError(`TOKENS: ${path}: expected at least one line NAME TOKEN, got none`);
  return new Tokens(owners);
}

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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
