import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipToFrame } from '../../../shared/geometry.ts';
import { CHANNELS } from '../../images/picture.ts';
import { balance } from '../balance.ts';
import type { Field } from '../field.ts';
import { Multigrid, planGrids } from '../multigrid.ts';
import { pasteKept } from '../paste-kept.ts';
import { balanced } from '../plain/balance.ts';
import { coherentSearch } from '../plain/coherent-search.ts';
import { exactSearch } from '../plain/exact-search.ts';
import { addCorrection, voteMismatch } from '../plain/mismatch.ts';
import { vCycle } from '../plain/multigrid.ts';
import * as plain from '../plain/vote.ts';
import { searchCoherently, searchExactly } from '../search.ts';
import { castVotes } from '../vote.ts';
import { chances, fieldOn, levelOf, levels, noise, numbers, problemOn, soil } from './problems.testing.ts';
import { Workbench } from './workbench.ts';

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open(undefined, 3);
});
afterAll(() => bench.close());

/** Plain copies of the matches. */
function matchesOf({ sourceX, sourceY, distance }: Field) {
  return { sourceX: [...sourceX], sourceY: [...sourceY], distance: [...distance] };
}

/** The largest difference between two arrays of one length. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

describe('kernels', () => {
  it('[PAINT15] the exact search finds what the plain one finds, of equally near patches the same one', async () => {
    await fc.assert(
      fc.asyncProperty(levels({ side: 26, stride: 1 }), chances, async (level, chance) => {
        soil(bench);
        const problem = problemOn(bench, level, chance);
        const { field, smallest } = await searchExactly(bench, level, problem);
        const expected = exactSearch(level, problem);
        expect(matchesOf(field)).toEqual(matchesOf(expected.field));
        expect(smallest).toEqual(expected.smallest);
      }),
    );
  });

  it('[PAINT15] the coherence search finds what the plain one finds', async () => {
    const disorder = fc.constantFrom(0, 0.1, 1);
    await fc.assert(
      fc.asyncProperty(
        levels({ side: 40 }),
        fc.oneof(levels({ side: 40 }), fc.record({ stride: fc.integer({ min: 1, max: 3 }) })),
        chances,
        disorder,
        async (level, other, chance, disorder) => {
          soil(bench);
          const problem = problemOn(bench, level, chance);
          const earlier = fieldOn(bench, { ...level, ...other }, chance.seed, disorder);
          const field = await searchCoherently(bench, level, problem, earlier);
          expect(matchesOf(field)).toEqual(matchesOf(coherentSearch(level, problem, earlier)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('[PAINT15] votes are the plain ones', async () => {
    await fc.assert(
      fc.asyncProperty(levels({ side: 40 }), chances, async (level, { seed, tones }) => {
        soil(bench);
        const source = bench.copyPicture(noise(level.photo.width, level.photo.height, tones, seed));
        const field = fieldOn(bench, level, seed, 0.5);
        const { data } = await castVotes(bench, field, source, null);
        expect(largestDifference(data, plain.castVotes(field, source).data)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('[PAINT15] the mismatch of votes is the plain one, and so are the colours with it', async () => {
    await fc.assert(
      fc.asyncProperty(levels({ side: 40 }), chances, async (level, { seed, tones }) => {
        soil(bench);
        const source = bench.copyPicture(noise(level.photo.width, level.photo.height, tones, seed));
        const field = fieldOn(bench, level, seed, 0.5);
        const { width, height } = level.frame;
        const halves = bench.memory.shorts(CHANNELS * width * height);
        const mismatch = new Int16Array(halves.buffer, halves.byteOffset, halves.length);
        const { data } = await castVotes(bench, field, source, mismatch);
        expect(largestDifference(mismatch, voteMismatch(field, source))).toBeLessThanOrEqual(2);
        const expected = plain.castVotes(field, source);
        pasteKept(level, source, expected);
        expect(largestDifference(data, expected.data)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('[PAINT15] a correction is added as the plain one is, to one channel', async () => {
    const size = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        fc.integer({ min: 0, max: 2 }),
        fc.nat(),
        async (width, height, channel, seed) => {
          const next = numbers(seed);
          const picture = noise(width, height, 256, seed);
          const result = bench.copyPicture(picture);
          const halves = Int16Array.from({ length: width * height }, () => (next() - 0.5) * 64 * 600);
          const mismatch = bench.memory.shorts(halves.length);
          mismatch.set(halves);
          const correction = bench.memory.floats(halves.length);
          await bench.run('channelOf', height, 2, [mismatch.byteOffset, correction.byteOffset, width]);
          expect([...correction]).toEqual(Array.from(halves, (value) => value / 64));
          const record = bench.pictureRecord(result);
          await bench.run('addCorrection', height, 2, [record, channel, correction.byteOffset, 48]);
          addCorrection(picture, channel, correction, 48);
          expect(largestDifference(result.data, picture.data)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('[PAINT15] a V-cycle is the plain one', async () => {
    const size = fc.integer({ min: 1, max: 50 });
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    const holes = fc.option(fc.tuple(share, share, share, share));
    const reach = fc.integer({ min: 1, max: 100 });
    await fc.assert(
      fc.asyncProperty(size, size, holes, reach, fc.nat(), async (width, height, places, reach, seed) => {
        const hole = places && holeIn(width, height, places);
        await expectPlainCycle(width, height, reach ** -2, hole, seed);
      }),
    );
  });

  it.each([null, { x: 90, y: 0, width: 111, height: 160 }, { x: 0, y: 31, width: 260, height: 64 }])(
    '[PAINT15] a V-cycle that threads share is the plain one, with the hole %o',
    async (hole) => {
      await expectPlainCycle(260, 160, 30 ** -2, hole, 7);
    },
  );

  it('[PAINT15] two steps of balance are the plain ones', async () => {
    await fc.assert(
      fc.asyncProperty(balanceable, chances, async (level, { seed, tones }) => {
        soil(bench);
        const { frame, photo } = level;
        const picture = bench.copyPicture(noise(frame.width, frame.height, tones, seed));
        const source = bench.copyPicture(noise(photo.width, photo.height, 256, seed + 1));
        const expected = balanced(level, picture, source, 2, 0.7);
        await balance(bench, level, picture, source, 2, 0.7);
        expect(largestDifference(picture.data, expected.data)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });
});

/** A rectangle in the frame that may touch its edges, of at least a pixel. */
function holeIn(
  width: number,
  height: number,
  [x, y, right, bottom]: readonly [number, number, number, number],
) {
  const left = Math.floor(x * (width - 1));
  const top = Math.floor(y * (height - 1));
  return {
    x: left,
    y: top,
    width: 1 + Math.round(right * (width - 1 - left)),
    height: 1 + Math.round(bottom * (height - 1 - top)),
  };
}

async function expectPlainCycle(
  width: number,
  height: number,
  lambda: number,
  hole: ReturnType<typeof holeIn> | null,
  seed: number,
): Promise<void> {
  soil(bench);
  const next = numbers(seed);
  const multigrid = new Multigrid(bench, width, height, lambda, hole);
  const right = Float64Array.from({ length: width * height }, () => Math.fround(next() - 0.5));
  multigrid.rightHandSide.set(right);
  await multigrid.solve(1);
  const expected = vCycle(planGrids(width, height, lambda, hole), new Float64Array(right.length), right);
  const largest = largestDifference(expected, new Float64Array(right.length));
  expect(largestDifference(multigrid.solution, expected)).toBeLessThanOrEqual(1e-3 * largest);
  multigrid.dispose();
}

/** Levels with room for a patch of 7 px, whose kept photo, where there is one, is as high as the frame. */
const balanceable = fc
  .record({
    // Beside the photo; below 0, the frame ends so far within it.
    left: fc.integer({ min: -10, max: 14 }),
    right: fc.integer({ min: -10, max: 14 }),
    above: fc.integer({ min: 0, max: 4 }),
    below: fc.integer({ min: 0, max: 4 }),
    width: fc.integer({ min: 7, max: 20 }),
    height: fc.integer({ min: 7, max: 12 }),
    keep: fc.boolean(),
  })
  .map(({ left, right, above, below, width, height, keep }) => {
    const frame = { width: Math.max(7, left + width + right), height };
    const photo = { x: left, y: -above, width, height: above + height + below };
    const kept = keep ? clipToFrame(photo, frame) : null;
    return levelOf({ frame, photo, kept, radius: 3, stride: 1 });
  });
