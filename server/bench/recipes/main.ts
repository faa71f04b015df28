/** `npm run recipes`: hands the process to `runRecipes` and its status back; or, started by itself, is a worker. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { interruptionSignal } from '../../cli/interruption.ts';
import { runRecipes } from './run.ts';
import { forkWorker, serve, WORKER_ARGUMENT } from './worker.ts';

const [first, second] = process.argv.slice(2);
if (first === WORKER_ARGUMENT && second !== undefined && process.send) serve(second);
else await main();

async function main(): Promise<void> {
  const program = fileURLToPath(import.meta.url);
  process.exitCode = await runRecipes(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    folder: process.cwd(),
    // The bundle lies in dist/server.
    examples: fileURLToPath(new URL('../../examples', import.meta.url)),
    parallelism: availableParallelism(),
    startWorker: (folder, threads) => forkWorker(program, folder, threads),
    signal: interruptionSignal(),
  });
}
