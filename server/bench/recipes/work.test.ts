import { describe, expect, it } from 'vitest';
import { TRAINING_PRESETS, type Hyperparameters } from '../../../shared/hyperparameters.ts';
import type { Graph } from '../../engine/graph.ts';
import { trace } from '../../engine/trace/backend.ts';
import { createPicture } from '../../images/picture.ts';
import type { Engine, HostTensor, Program, Shape, State, Step } from '../../program.ts';
import { trainSinGan } from '../../singan/train.ts';
import { trainingMultiplyAdds } from './work.ts';

const FAST = TRAINING_PRESETS.fast;
const PHOTO = { width: 1600, height: 1200 };

/** Compiles as the default engine does, calculates nothing, and counts what would have been calculated. */
class CountingEngine implements Engine {
  readonly name = 'counting';
  multiplyAdds = 0;

  createState<S extends string>(values: Record<S, HostTensor>): State<S> {
    const entries = Object.entries<HostTensor>(values);
    const read = Object.fromEntries(entries.map(([key, { data }]) => [key, data])) as Record<S, Float32Array>;
    const shapes = Object.fromEntries(entries.map(([key, { shape }]) => [key, shape])) as Record<S, Shape>;
    return Object.assign({ read: () => Promise.resolve(read), dispose: () => undefined }, { shapes });
  }

  compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state?: State<S>,
  ): Promise<Program<I, O>> {
    const { shapes } = (state ?? { shapes: {} }) as { shapes: Record<S, Shape> };
    const { graph } = trace(step, inputs, shapes, { channelBlock: 0, gpu: false });
    const count = multiplyAddsOf(graph);
    const outputs = graph.outputs
      .filter(({ name }) => name.startsWith('out.'))
      .map(({ name, value }) => [name.slice('out.'.length), new Float32Array(product(value.shape))]);
    return Promise.resolve({
      info: { nodes: graph.nodes.length, compileMs: 0 },
      run: () => {
        this.multiplyAdds += count;
        return Promise.resolve(Object.fromEntries(outputs) as Record<O, Float32Array>);
      },
      dispose: () => Promise.resolve(),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const product = (shape: Shape): number => shape.reduce((all, length) => all * length, 1);

/** Convolutions, and the matrix products that filters' gradients are. */
function multiplyAddsOf(graph: Graph): number {
  let sum = 0;
  for (const { op, inputs, outputs } of graph.nodes) {
    const [first, second] = inputs;
    const result = product(outputs[0]?.shape ?? []);
    if (op.endsWith('Conv')) sum += result * product(second?.shape.slice(1) ?? []);
    if (op === 'Gemm' || op === 'MatMul') sum += result * (first?.shape.at(-1) ?? 0);
  }
  return sum;
}

async function counted(hyperparameters: Hyperparameters): Promise<number> {
  const engine = new CountingEngine();
  await trainSinGan({
    engine,
    hyperparameters,
    photo: PHOTO,
    pictureAt: ({ width, height }) => createPicture(width, height),
  });
  return engine.multiplyAdds;
}

describe('multiply–adds of a training', () => {
  it.each([
    ['fast', { ...FAST, epochs: 9, epochShares: [1] }],
    ['fast without row channels, 24 channels', { ...FAST, epochs: 4, rowChannels: false, width: 24 }],
    [
      'fast with a penalty at every step',
      { ...FAST, epochs: 5, epochShares: [1], gradientPenaltyEvery: 1, coarserPool: 2 },
    ],
    ['classic, whose steps take turns', { ...TRAINING_PRESETS.classic, maxSize: 100, epochs: 2 }],
  ])(
    '[RECIPES4] are those of the convolutions that the compiled programs run: %s',
    async (_, hyperparameters) => {
      const ratio = (await counted(hyperparameters)) / trainingMultiplyAdds(hyperparameters, PHOTO);
      // The compiled gradients of filters also go over the borders of their pictures.
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(1.05);
    },
  );

  it('[RECIPES4] grow with the iterations, the penalty and the square of the width', () => {
    const work = (changes: Partial<Hyperparameters>): number =>
      trainingMultiplyAdds({ ...FAST, coarserPool: 0, ...changes }, PHOTO);
    const base = work({});
    expect(work({ epochs: 2 * FAST.epochs }) / base).toBeCloseTo(2, 1);
    expect(work({ gradientPenaltyEvery: 1 })).toBeGreaterThan(base);
    expect(work({ width: 4 * FAST.width }) / work({ width: 2 * FAST.width })).toBeGreaterThan(3.7);
  });
});
