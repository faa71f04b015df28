/** `npm run bench`: what painting, a training step, a training and the whole job cost on this machine. */
import { fileURLToPath } from 'node:url';
import { version } from '../../package.json';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { runBench } from './run.ts';

process.exitCode = await runBench(
  process.argv.slice(2),
  {
    photo: fileURLToPath(new URL('../../examples/mountain-pass.jpg', import.meta.url)),
    paintings: [
      { width: 1440, height: 491 },
      { width: 3840, height: 1080 },
      { width: 8192, height: 4096 },
    ],
    steps: [
      { channels: 32, height: 25, width: 33 },
      { channels: 32, height: 63, width: 100 },
      { channels: 32, height: 134, width: 200 },
    ],
    classic: TRAINING_PRESETS.classic,
    fast: TRAINING_PRESETS.fast,
    jobs: [
      { width: 1440, height: 491 },
      { width: 1440, height: 491 },
      { width: 1080, height: 1350 },
    ],
    roundMs: 1500,
  },
  {
    stdout: process.stdout,
    stderr: process.stderr,
    folder: process.cwd(),
    python: process.env['PYTHON'] ?? 'python3',
    version,
    now: () => new Date(),
  },
);
