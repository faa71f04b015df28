import { describe, expect, it } from 'vitest';
import type { Engine, HostTensor } from '../program.ts';
import { CompiledEngine } from './compiled.ts';
import { calculatesAs } from './self-check.ts';

/** The processor's, but that it takes other numbers than it is given, or none. */
class WrongEngine extends CompiledEngine {
  constructor(private readonly change: (data: Float32Array) => Float32Array) {
    super('cpu');
  }

  override createState<S extends string>(values: Record<S, HostTensor>): ReturnType<Engine['createState']> {
    const entries = Object.entries<HostTensor>(values).map(([key, { shape, data }]) => [
      key,
      { shape, data: this.change(data) },
    ]);
    return super.createState(Object.fromEntries(entries) as Record<S, HostTensor>);
  }
}

describe('the self-check', () => {
  const cpu = new CompiledEngine('cpu');

  it('[GPU8] an engine that calculates as the processor does is taken, whatever its kernels', async () => {
    expect(await calculatesAs(new CompiledEngine('cpu', { channelBlock: 0 }), cpu)).toBe(true);
  });

  it('[GPU8] one that gives other numbers, none, or fails is not', async () => {
    const other = new WrongEngine((data) => data.map((value) => value * 1.05));
    const none = new WrongEngine((data) => data.map(() => NaN));
    const failing = new WrongEngine(() => {
      throw new Error('no device');
    });
    for (const engine of [other, none, failing]) expect(await calculatesAs(engine, cpu)).toBe(false);
  });
});
