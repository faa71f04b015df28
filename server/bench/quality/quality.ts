/** `npm run quality`: hands the process to `runQuality` and its status back. */
import { availableParallelism, cpus, homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { version } from '../../../package.json';
import { runQuality } from './run.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
}

process.exitCode = await runQuality(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  platform: process.platform,
  home: homedir(),
  folder: process.cwd(),
  examples: fileURLToPath(new URL('../../examples/', import.meta.url)),
  version,
  machine: `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`,
  signal: interruption.signal,
});
