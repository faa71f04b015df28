/** `npm run study`: hands the process to `runStudy` and its status back. */
import { availableParallelism, cpus } from 'node:os';
import { version } from '../../../package.json';
import { removeTemporaries } from '../../cli/files.ts';
import { interruptionSignal } from '../../cli/interruption.ts';
import { runStudy } from './run.ts';

process.on('exit', removeTemporaries);

process.exitCode = await runStudy(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  folder: process.cwd(),
  version,
  machine: `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`,
  signal: interruptionSignal(),
});
