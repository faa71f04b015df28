import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import type { Step } from '../program.ts';
import type { CompiledEngine } from './compiled.ts';
import { EagerEngine } from './eager.ts';
import { EngineError } from './errors.ts';
import { TESTED } from './tested-engines.testing.ts';

const vector = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
const floats = (...numbers: number[]) => Float32Array.from(numbers);

const [compiled] = Object.values(TESTED) as [CompiledEngine];
const eager = new EagerEngine('cpu', 'eager');

describe.each([compiled, eager])('a state of engine $name', (engine) => {
  it('[ENGINE3] moves on from run to run, entries that a step leaves out stay', async () => {
    const state = engine.createState({ sum: vector(1, 2), factor: vector(10, 100) });
    const step: Step<'x', 'sum' | 'factor', 'product'> = ({ x }, { sum, factor }) => ({
      outputs: { product: tf.mul(sum, factor) },
      state: { sum: tf.add(sum, x) },
    });
    const program = await engine.compile(step, { x: [2] }, state);
    expect(await program.run({ x: floats(1, 1) })).toEqual({ product: floats(10, 200) });
    expect(await program.run({ x: floats(3, 4) })).toEqual({ product: floats(20, 300) });
    expect(await state.read()).toEqual({ sum: floats(5, 7), factor: floats(10, 100) });
    await program.dispose();
    state.dispose();
  });

  it('[ENGINE4] is shared: each program goes on from what the others left', async () => {
    const state = engine.createState({ value: vector(1) });
    const add = await engine.compile(
      ({ x }: { x: tf.Tensor }, { value }: { value: tf.Tensor }) => ({
        outputs: {},
        state: { value: tf.add(value, x) },
      }),
      { x: [1] },
      state,
    );
    const double = await engine.compile(
      (_: object, { value }: { value: tf.Tensor }) => ({
        outputs: { before: value },
        state: { value: tf.mul(value, 2) },
      }),
      {},
      state,
    );
    await add.run({ x: floats(4) });
    expect(await double.run({})).toEqual({ before: floats(5) });
    await add.run({ x: floats(-3) });
    expect(await state.read()).toEqual({ value: floats(7) });
  });

  it('[ENGINE5] may be exchanged, given out and given twice', async () => {
    const state = engine.createState({ a: vector(1), b: vector(2), c: vector(3) });
    type Entries = Record<'a' | 'b' | 'c', tf.Tensor>;
    const program = await engine.compile(
      (_: object, { a, b, c }: Entries) => {
        const sum = tf.add(a, c);
        return { outputs: { sum, a, old: c }, state: { a: b, b: a, c: sum } };
      },
      {},
      state,
    );
    expect(await program.run({})).toEqual({ sum: floats(4), a: floats(1), old: floats(3) });
    expect(await program.run({})).toEqual({ sum: floats(6), a: floats(2), old: floats(4) });
    expect(await state.read()).toEqual({ a: floats(1), b: floats(2), c: floats(6) });
    const twins = await engine.compile(
      (_: object, { a }: Entries) => {
        const next = tf.add(a, 1);
        return { outputs: {}, state: { a: next, b: next } };
      },
      {},
      state,
    );
    await twins.run({});
    await twins.run({});
    expect(await state.read()).toEqual({ a: floats(3), b: floats(3), c: floats(6) });
  });

  it('takes the numbers it is made of: later changes to them do not count, nor to what is read', async () => {
    const numbers = vector(1, 2);
    const state = engine.createState({ numbers });
    numbers.data[0] = 9;
    const read = await state.read();
    read.numbers[1] = 9;
    expect(await state.read()).toEqual({ numbers: floats(1, 2) });
  });

  it('leaves no tensor behind once it is disposed of', async () => {
    const before = tf.memory().numTensors;
    const state = engine.createState({ a: vector(1), b: vector(2) });
    const program = await engine.compile(
      ({ x }: { x: tf.Tensor }, { a, b }: Record<'a' | 'b', tf.Tensor>) => {
        const sum = tf.add(tf.mul(a, x), b);
        return { outputs: { sum, a, x }, state: { a: sum, b: a } };
      },
      { x: [1] },
      state,
    );
    for (let run = 0; run < 3; run++) await program.run({ x: floats(run) });
    await program.dispose();
    state.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives out constants, inputs and scalars as they are', async () => {
    const program = await engine.compile(
      ({ x }: { x: tf.Tensor }) => ({
        outputs: { x, ones: tf.ones([2, 2]), list: tf.tensor([1, 2, 3]), number: tf.scalar(7) },
      }),
      { x: [2] },
    );
    expect(await program.run({ x: floats(1, 2) })).toEqual({
      x: floats(1, 2),
      ones: floats(1, 1, 1, 1),
      list: floats(1, 2, 3),
      number: floats(7),
    });
  });

  it('refuses a run whose inputs are missing or have another size, and goes on after it', async () => {
    const program = await engine.compile(({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.neg(x) } }), {
      x: [2, 3],
    });
    const wrong = /internal: run: input x: 6 numbers expected for \[2,3\], got/;
    await expect(program.run({ x: floats(1, 2) })).rejects.toThrow(wrong);
    await expect(program.run({} as { x: Float32Array })).rejects.toThrow(wrong);
    expect(await program.run({ x: floats(1, 2, 3, 4, 5, 6) })).toEqual({
      y: floats(-1, -2, -3, -4, -5, -6),
    });
  });
});

describe('engines', () => {
  it('[ENGINE6] refuse each other’s states', async () => {
    const step = () => ({ outputs: { y: tf.scalar(1) } });
    const states = [compiled, eager].map((engine) => engine.createState({ a: vector(1) }));
    await expect(compiled.compile(step, {}, states[1])).rejects.toThrow(/belongs to another engine/);
    await expect(eager.compile(step, {}, states[0])).rejects.toThrow(/belongs to another engine/);
  });

  it('[ENGINE7] refuse to give a step the values of its tensors while it is traced', async () => {
    const step = ({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.scalar(x.dataSync()[0] ?? 0) } });
    await expect(compiled.compile(step, { x: [1] })).rejects.toThrow(/reads the values of a tensor/);
  });

  it('go on after a step that failed to compile', async () => {
    const before = tf.memory().numTensors;
    const broken = () => {
      tf.zeros([3]);
      throw new Error('broken step');
    };
    await expect(compiled.compile(broken, { x: [1] })).rejects.toThrow('broken step');
    expect(tf.memory().numTensors).toBe(before);
    const program = await compiled.compile(({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.neg(x) } }), {
      x: [1],
    });
    expect(await program.run({ x: floats(1) })).toEqual({ y: floats(-1) });
  });

  it('run two programs at the same time', async () => {
    const step =
      (factor: number) =>
      ({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.mul(x, factor) } });
    const engines = [compiled, eager, compiled];
    const programs = await Promise.all(engines.map((engine, i) => engine.compile(step(i + 2), { x: [1] })));
    const results = await Promise.all(programs.map((program) => program.run({ x: floats(1) })));
    expect(results).toEqual([{ y: floats(2) }, { y: floats(3) }, { y: floats(4) }]);
  });

  it('[ENGINE8] running out of memory is an error of its own kind, in one line', async () => {
    // 4 TB.
    const step = ({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.sum(tf.add(x, tf.transpose(x))) } });
    const program = await compiled.compile(step, { x: [1e6, 1] });
    const error: unknown = await program.run({ x: new Float32Array(1e6) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'engine-memory', kind: 'machine' });
    expect((error as Error).message).toMatch(/^engine (cpu|webgpu): out of memory; [^\n]+$/);
  });

  it('[ENGINE8] so is what TensorFlow says of it, after which the eager engine goes on', async () => {
    const before = tf.memory().numTensors;
    const state = eager.createState({ sum: vector(1) });
    const failures = [
      'OOM when allocating tensor with shape[1,9] and type float on device:GPU:0',
      'a bug',
      null,
    ];
    const step: Step<'x', 'sum', 'sum'> = ({ x }, { sum }) => {
      const next = tf.add(sum, x);
      const failure = failures.shift();
      if (failure) throw new Error(failure);
      return { outputs: { sum: next }, state: { sum: next } };
    };
    const program = await eager.compile(step, { x: [1] }, state);
    await expect(program.run({ x: floats(1) })).rejects.toMatchObject({
      code: 'engine-memory',
      kind: 'machine',
      message: expect.stringMatching(/^engine eager: out of memory; [^\n]+$/) as string,
    });
    await expect(program.run({ x: floats(1) })).rejects.toThrow(/^a bug$/);
    expect(await program.run({ x: floats(1) })).toEqual({ sum: floats(2) });
    state.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
