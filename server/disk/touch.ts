import { utimes } from 'node:fs/promises';

/** Marks a file as used now, where the system lets it be: a hint for others, never worth an error. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
