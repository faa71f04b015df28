import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers } from './problems.testing.ts';
import { SharedMemory } from './shared-memory.ts';

const GIBIBYTE = 2 ** 30;

describe('SharedMemory', () => {
  it('[PAINT16] what is taken never overlaps, and keeps what it holds until it is freed', () => {
    const memory = new SharedMemory();
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 10_000 }), (seed, largest) => {
        const next = numbers(seed);
        const taken: { array: Uint8Array; mark: number }[] = [];
        for (let step = 0; step < 100; step++) {
          if (taken.length > 0 && next() < 0.45) {
            const [{ array, mark }] = taken.splice(Math.floor(next() * taken.length), 1) as [
              (typeof taken)[0],
            ];
            expect(array.every((byte) => byte === mark)).toBe(true);
            memory.free(array);
          } else {
            const array = memory.bytes(Math.floor(next() * largest));
            taken.push({ array: array.fill(step), mark: step });
          }
        }
        for (const { array, mark } of taken) expect(array.every((byte) => byte === mark)).toBe(true);
        memory.free(...taken.map(({ array }) => array));
        expect(memory.takenBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('[PAINT16] room that was freed is used again, joined with the room beside it', () => {
    const memory = new SharedMemory();
    const [first, second, third] = [memory.floats(1000), memory.shorts(1000), memory.integers(1000)];
    const last = memory.bytes(1);
    const size = memory.memory.buffer.byteLength;
    memory.free(first, third);
    memory.free(second);
    expect(memory.floats(2500).byteOffset).toBe(first.byteOffset);
    memory.free(last);
    for (let round = 0; round < 100; round++) memory.free(memory.bytes(50_000));
    expect(memory.memory.buffer.byteLength).toBeLessThanOrEqual(size + 65536);
  });

  it('[PAINT16] what is freed twice, or was never taken, is a bug', () => {
    const memory = new SharedMemory();
    const array = memory.floats(10);
    const foreign = array.subarray(1);
    const internal = { name: 'PainterError', code: 'internal' };
    expect(() => memory.free(foreign)).toThrow(expect.objectContaining(internal));
    memory.free(array);
    expect(() => memory.free(array)).toThrow(expect.objectContaining(internal));
  });

  it('[PAINT16] more than 4 GiB is refused in one line, and the rest can still be used', () => {
    const memory = new SharedMemory();
    // Nothing of it is touched, so the system gives addresses only.
    const halves = [memory.bytes(2 * GIBIBYTE), memory.bytes(1.5 * GIBIBYTE)];
    let error: unknown;
    try {
      memory.bytes(GIBIBYTE);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ name: 'PainterError', code: 'out-of-memory', kind: 'machine' });
    expect((error as Error).message).toMatch(
      /^paint: the system refused \d+ MiB more memory; close other programs or ask for a smaller picture$/,
    );
    expect(memory.takenBytes).toBeLessThan(3.6 * GIBIBYTE);
    expect(
      memory
        .bytes(1000)
        .fill(7)
        .every((byte) => byte === 7),
    ).toBe(true);
    memory.free(...halves);
    expect(memory.bytes(3 * GIBIBYTE).length).toBe(3 * GIBIBYTE);
  });
});
