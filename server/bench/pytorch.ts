/** The same step in PyTorch, where there is a Python that has it: `PYTHON`, or python3. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { StepSize } from './step-benchmark.ts';

export class PyTorchStep {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /** The version of PyTorch, or null where there is none. */
  static version(): string | null {
    const result = spawnSync(python(), ['-c', 'import torch; print(torch.__version__)'], {
      encoding: 'utf8',
    });
    return result.status === 0 ? result.stdout.trim() : null;
  }

  static start({ channels, height, width }: StepSize): PyTorchStep {
    const script = new URL('../../server/bench/pytorch-step.py', import.meta.url).pathname;
    const child = spawn(python(), [script, ...[channels, height, width].map(String)]);
    return new PyTorchStep(child, createInterface(child.stdout)[Symbol.asyncIterator]());
  }

  /** Milliseconds of each of `runs` steps. */
  async time(runs: number): Promise<number[]> {
    this.child.stdin.write(`${runs}\n`);
    const line = await this.lines.next();
    return (JSON.parse(String(line.value)) as { milliseconds: number[] }).milliseconds;
  }

  stop(): void {
    this.child.stdin.end();
  }
}

function python(): string {
  return process.env['PYTHON'] ?? 'python3';
}
