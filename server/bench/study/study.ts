/** `npm run study`: hands the process to `runStudy` and its status back. */
import { availableParallelism, cpus } from 'node:os';
import { version } from '../../../package.json';
import { removeTemporaries } from '../../cli/files.ts';
import { EXIT } from '../../cli/outcome.ts';
import { runStudy } from './run.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The second time there is no waiting.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  });
}
process.on('exit', removeTemporaries);

process.exitCode = await runStudy(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  folder: process.cwd(),
  version,
  machine: `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`,
  signal: interruption.signal,
});
