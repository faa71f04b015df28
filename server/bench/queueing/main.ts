/** `npm run simulate`: hands the process to `runSimulate` and its status back. */
import { runSimulate } from './run.ts';

process.exitCode = await runSimulate(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  folder: process.cwd(),
});
