/**
 * Making a database takes half a gigabyte that the process does not give back, so a process of its own does it:
 * `database-maker.ts`.
 */
import { fork } from 'node:child_process';

/** Makes an empty database in `folder` by the program at `program`. Rejects with what it says where that fails. */
export async function makeDatabase(folder: string, program: URL): Promise<void> {
  const child = fork(program, [folder], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(text.trim() || `its process ended with ${status}`);
}
