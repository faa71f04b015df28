/** An engine for tests whose memory is short: it refuses what is too large as a real one does. */
import type { Engine, HostTensor, Program, Shape, State, Step } from '../program.ts';
import { runError } from './failures.ts';

/** How many numbers a program's inputs hold. */
export function numbersOf(inputs: Readonly<Record<string, Shape>>): number {
  return Object.values(inputs)
    .map((shape) => shape.reduce((product, length) => product * length, 1))
    .reduce((sum, length) => sum + length, 0);
}

export class ShortMemoryEngine implements Engine {
  readonly name = 'cpu';
  /** How many numbers the inputs of each program held that was tried. */
  readonly tried: number[] = [];
  refusals = 0;
  /** Programs that are not disposed yet. */
  open = 0;
  /** Those of them that were refused. */
  private stuck = 0;

  /**
   * @param numbers that a program's inputs may hold at most
   * @param refuses when a program is compiled, or when it is run: then it must be disposed before the next is compiled
   */
  constructor(
    private readonly inner: Engine,
    public numbers: number,
    private readonly refuses: 'compile' | 'run',
  ) {}

  createState<S extends string>(values: Record<S, HostTensor>): State<S> {
    return this.inner.createState(values);
  }

  async compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state?: State<S>,
  ): Promise<Program<I, O>> {
    if (this.stuck > 0) throw new Error('internal: short memory: a program that was refused is not disposed');
    const size = numbersOf(inputs);
    this.tried.push(size);
    if (this.refuses === 'compile') this.refuse(size);
    const program = await this.inner.compile(step, inputs, state);
    this.open++;
    let stuck = 0;
    return {
      info: program.info,
      run: async (values) => {
        if (size > this.numbers) this.stuck += stuck = 1;
        this.refuse(size);
        return program.run(values);
      },
      dispose: async () => {
        this.open--;
        this.stuck -= stuck;
        await program.dispose();
      },
    };
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private refuse(size: number): void {
    if (size <= this.numbers) return;
    this.refusals++;
    throw runError('cpu', new Error(`Failed to allocate memory for requested buffer of size ${4 * size}`));
  }
}
