/** A folder for one process at a time: a file with the owner's pid, never taken from one that lives. */
import { readFileSync, readlinkSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PanoramaError } from '../../shared/errors.ts';
import { processLives } from './process-lives.ts';
import { systemCode } from './errors.ts';

export class LockError extends PanoramaError<'locked'> {
  constructor(message: string) {
    super('locked', 'request', message);
  }
}

const NAME = 'lock';

/** Its owner shows that it lives by touching the file, for those who cannot look at the process itself. */
const TOUCH_MS = 5000;
const FRESH_MS = 30_000;

/** Which process a pid meant: pids are given again, after a restart even the same ones. */
interface Owner {
  readonly pid: number;
  /** Where that pid is valid: the machine, or the container. */
  readonly space: string;
  /** Start of the process since the system's; null where the platform does not tell. */
  readonly born: string | null;
}

/**
 * Takes the folder, which must be there. Resolves to its undo.
 *
 * @throws LockError while another living process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, NAME);
  const mine: Owner = { pid: process.pid, space: pidSpace(), born: bornAt(process.pid) };
  const text = JSON.stringify(mine);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  try {
    await take(path, draft, folder);
  } finally {
    await rm(draft, { force: true });
  }
  const touch = (): void => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, TOUCH_MS).unref();
  return async () => {
    clearInterval(timer);
    if ((await readFile(path, 'utf8').catch(() => null)) === text) await rm(path, { force: true });
  };
}

/** Links the finished draft to the lock's name, which fails where there is one: nobody sees a half-written lock. */
async function take(path: string, draft: string, folder: string): Promise<void> {
  for (;;) {
    try {
      return await link(draft, path);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const found = await readIfThere(path);
    if (found === null) continue;
    const owner = parse(found);
    if (owner && (await lives(owner, path))) {
      throw new LockError(
        `data folder ${folder}: expected one that no server uses, got that of process ${owner.pid}; stop it, or choose another with DATA_DIR`,
      );
    }
    await removeStale(path, found, draft);
  }
}

/** Takes a dead owner's file away, and puts it back if meanwhile it was another's. */
async function removeStale(path: string, found: string, draft: string): Promise<void> {
  const aside = `${draft}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    // Another was quicker.
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readIfThere(aside)) !== found) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Null where there is no such file. */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('born' in value)) return null;
    const { pid, born } = value;
    const space = 'space' in value ? value.space : null;
    if (typeof pid !== 'number' || typeof space !== 'string') return null;
    if (!(typeof born === 'string' || born === null)) return null;
    return { pid, space, born };
  } catch {
    return null;
  }
}

async function lives({ pid, space, born }: Owner, path: string): Promise<boolean> {
  if (space === pidSpace()) {
    if (!processLives(pid)) return false;
    const now = bornAt(pid);
    if (born !== null && now !== null) return born === now;
    if (pid === process.pid) return false;
  }
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs < FRESH_MS;
}

function pidSpace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Field 22 of Linux's stat, in clock ticks, with the boot it counts from. */
function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}
