/** An engine that tells what is compiled and copied while something else uses it. */
import { CompiledEngine } from '../engine/compiled.ts';
import type { Engine, ProgramInfo } from '../program.ts';

export class WatchedEngine implements Engine {
  readonly name: string;
  /** Of the programs that move a state on, in the order in which they were compiled. */
  readonly steps: ProgramInfo[] = [];
  readonly createState: Engine['createState'];
  readonly compile: Engine['compile'];

  constructor(private readonly engine: Engine) {
    this.name = engine.name;
    this.createState = (values) => engine.createState(values);
    this.compile = async (step, inputs, state) => {
      const program = await engine.compile(step, inputs, state);
      if (state) this.steps.push(program.info);
      return program;
    };
  }

  /** Bytes that went to and from the device so far; null where the engine has no memory of its own, or does not tell. */
  copiedBytes(): number | null {
    if (!(this.engine instanceof CompiledEngine)) return null;
    const { in: given, out: taken } = this.engine.copied;
    return given + taken > 0 ? given + taken : null;
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}
