/** `npm run bench`: what painting, a training step and the whole job cost on this machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../engine/start.ts';
import { benchmarkJob } from './job-benchmark.ts';
import { benchmarkPaint } from './paint-benchmark.ts';
import { PyTorchStep } from './pytorch.ts';
import { benchmarkStep } from './step-benchmark.ts';

const SIZES = [
  { channels: 32, height: 25, width: 33 },
  { channels: 32, height: 63, width: 100 },
  { channels: 32, height: 134, width: 200 },
];
const PHOTO = new URL('../../examples/mountain-pass.jpg', import.meta.url).pathname;
const PAINTED = [
  { width: 1440, height: 491 },
  { width: 3840, height: 1080 },
  { width: 8192, height: 4096 },
];
const FRAMES = ['1440x491', '1440x491', '1080x1350'];

const version = PyTorchStep.version();
console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`);
console.log(
  version ? `PyTorch ${version}, in alternation` : 'no PyTorch here (set PYTHON to a Python that has it)',
);

console.log(
  '\nPainting alone: mountain-pass.jpg, extend, full quality; the last column is against one thread',
);
printRow('frame', 'seconds', 'peak MiB', 'speed-up');
for (const frame of PAINTED) {
  const { seconds, peakMebibytes, speedUp } = await benchmarkPaint(PHOTO, frame);
  printRow(`${frame.width}×${frame.height}`, seconds.toFixed(1), peakMebibytes, speedUp.toFixed(2));
}

console.log('\nOne D and one G step, gradient penalty included, 32 channels');
printRow('size', 'nodes', 'compile ms', 'step ms', 'PyTorch ms', 'ratio');
const engine = await startEngine('cpu');
for (const size of SIZES) {
  const { nodes, compileMs, stepMs, pytorchMs, ratio } = await benchmarkStep(engine, size, version !== null);
  const name = `${size.height}×${size.width}`;
  printRow(
    name,
    nodes,
    compileMs.toFixed(0),
    stepMs.toFixed(1),
    pytorchMs?.toFixed(1) ?? '–',
    ratio?.toFixed(2) ?? '–',
  );
}

console.log('\nThe whole job: mountain-pass.jpg; the second and third run find the model in the store');
const folder = await mkdtemp(join(tmpdir(), 'panorama-bench-'));
try {
  for (const frame of FRAMES) {
    const { draftSeconds, totalSeconds, phases, peakMebibytes } = await benchmarkJob(PHOTO, frame, folder);
    const parts = [...phases].map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)}`).join(', ');
    console.log(
      `${frame}: draft after ${draftSeconds.toFixed(1)} s, all ${totalSeconds.toFixed(1)} s, peak ${peakMebibytes ?? '?'} MiB`,
    );
    console.log(`  seconds by phase: ${parts}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function printRow(...cells: readonly (string | number)[]): void {
  console.log(cells.map((cell) => String(cell).padEnd(12)).join(''));
}
