/** PyTorch in a process of its own, where there is a Python that has it: `PYTHON`, or python3. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BenchmarkError } from './errors.ts';

/** Scripts lie in the sources, two folders above the bundle and above this file alike. */
const FOLDER = new URL('../../server/bench/', import.meta.url);
const PROBE = `
import json, torch
cuda = torch.cuda.is_available()
print(json.dumps({"version": torch.__version__, "card": torch.cuda.get_device_name(0) if cuda else None}))`;
const KEPT_CHARACTERS = 2000;

export interface PyTorch {
  readonly python: string;
  readonly version: string;
  readonly device: 'cpu' | 'cuda';
  /** In words; null for the processor, which is the machine's. */
  readonly card: string | null;
}

/** PyTorch as this Python has it, or null; on the GPU where it is wanted there and PyTorch finds one. */
export function findPyTorch(python: string, wanted: PyTorch['device']): PyTorch | null {
  const result = spawnSync(python, ['-c', PROBE], { encoding: 'utf8' });
  if (result.status !== 0) return null;
  const { version, card } = JSON.parse(result.stdout) as { version: string; card: string | null };
  const onCard = wanted === 'cuda' && card !== null;
  return { python, version, device: onCard ? 'cuda' : 'cpu', card: onCard ? card : null };
}

/** One of the scripts here, which times what it is asked for. */
export class PyTorchProcess {
  private readonly lines: AsyncIterator<string>;
  private complaint = '';

  private constructor(
    private readonly script: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    this.lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaint = (this.complaint + text).slice(-KEPT_CHARACTERS);
    });
    // A process that is gone is told by the answer that does not come.
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
  }

  static start(pytorch: PyTorch, script: string, args: readonly (string | number)[]): PyTorchProcess {
    const path = fileURLToPath(new URL(script, FOLDER));
    // -B: nothing is written beside the sources.
    const child = spawn(pytorch.python, ['-B', path, pytorch.device, ...args.map(String)]);
    return new PyTorchProcess(script, child);
  }

  /**
   * Milliseconds of each run that a line of numbers asks for.
   *
   * @throws BenchmarkError where the process has ended
   */
  async time(...request: readonly number[]): Promise<readonly number[]> {
    this.child.stdin.write(`${request.join(' ')}\n`);
    const line = await this.lines.next();
    if (line.done) {
      const said = this.complaint.trim().split('\n').at(-1) || 'nothing';
      throw new BenchmarkError(
        `PyTorch: expected times from ${this.script}, it ended and said: ${said}; PYTHON chooses another Python`,
      );
    }
    return (JSON.parse(line.value) as { milliseconds: number[] }).milliseconds;
  }

  stop(): void {
    this.child.stdin.end();
  }
}
