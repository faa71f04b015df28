#!/usr/bin/env node
/** The `panorama` command: hands the process to `runCli` and its status back. */
import { homedir } from 'node:os';
import { version } from '../package.json';
import { removeTemporaries } from './cli/files.ts';
import { interruptionSignal } from './cli/interruption.ts';
import { EXIT, explain } from './cli/outcome.ts';
import { runCli } from './cli/run.ts';

/** How long open handles may keep a finished process alive. */
const LINGER_MS = 1000;

process.on('exit', removeTemporaries);
for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(name, (error: unknown) => {
    const { message, status } = explain(error, false, []);
    process.stderr.write(`panorama: ${message}\n`);
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exit(status);
  });
}

// A reader that went away (`| head`) wants no more lines; the pictures are still wanted.
for (const [name, stream] of [
  ['output', process.stdout],
  ['error', process.stderr],
] as const) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || process.exitCode === EXIT.failed) return;
    process.exitCode = EXIT.failed;
    if (name === 'output')
      process.stderr.write(`panorama: standard output: cannot be written (${error.code})\n`);
  });
}

const status = await runCli(
  process.argv.slice(2),
  {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    platform: process.platform,
    home: homedir(),
    folder: process.cwd(),
    version,
    signal: interruptionSignal(),
  },
  async (job) => {
    // Loaded when all else is checked: the job brings the networks' libraries.
    const { makePanorama } = await import('./panorama/make-panorama.ts');
    await makePanorama(job);
  },
);
process.exitCode ||= status;
setTimeout(() => process.exit(), LINGER_MS).unref();
