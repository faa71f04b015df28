import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { voteAndBlend } from './blend.ts';
import { centreX, centreY, createField, type Field } from './field.ts';
import type { Level } from './levels.ts';
import { levelOf } from './kernels/problems.testing.ts';
import { Workbench } from './kernels/workbench.ts';
import { drawn, pixel } from '../images/pictures.testing.ts';
import { vote } from './vote.ts';

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

function level(width: number, height: number, photo: Level['photo'], kept: Level['kept']): Level {
  return levelOf({ frame: { width, height }, photo, kept, radius: 4, stride: 1 });
}

/** A field whose patches are as like what they replace as can be. */
function perfect(at: Level): Field {
  const field = createField(at, bench.memory);
  field.distance.fill(0);
  return field;
}

/** Left of the middle the field copies from the source's start, right of it from `jump` columns further. */
function jumping(at: Level, jump: number): Field {
  const field = perfect(at);
  for (let row = 0; row < field.rows; row++) {
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      field.sourceX[row * field.columns + column] = x < 50 ? x : x - 50 + jump;
      field.sourceY[row * field.columns + column] = centreY(field, row);
    }
  }
  return field;
}

describe('voteAndBlend', () => {
  it('[PAINT9] spreads a step of tone between patches', async () => {
    // A source of two tones, 20 grey levels apart; the frame joins them in its middle.
    const source = bench.copyPicture(drawn(200, 100, (x) => (x < 100 ? [100, 110, 120] : [120, 130, 140])));
    const field = jumping(level(100, 100, { x: 0, y: 0, width: 200, height: 100 }, null), 140);
    const steepest = (picture: Awaited<ReturnType<typeof vote>>) => {
      let most = 0;
      for (let x = 1; x < 100; x++) {
        most = Math.max(most, Math.abs(pixel(picture, x, 20)[0]! - pixel(picture, x - 1, 20)[0]!));
      }
      return most;
    };
    const voted = await vote(bench, field, source);
    const blended = await voteAndBlend(bench, field, source);
    expect(steepest(voted)).toBeGreaterThanOrEqual(4);
    expect(steepest(blended)).toBeLessThanOrEqual(steepest(voted) / 2);
  });

  it('[PAINT9] takes up the tone of the kept photo at its border', async () => {
    const source = bench.copyPicture(drawn(60, 60, (x) => (x < 30 ? [140, 140, 140] : [120, 120, 120])));
    const at = level(120, 60, { x: 0, y: 0, width: 60, height: 60 }, { x: 0, y: 0, width: 60, height: 60 });
    const field = perfect(at);
    for (let row = 0; row < field.rows; row++) {
      for (let column = 0; column < field.columns; column++) {
        if (centreX(field, column) < 56) continue;
        field.sourceX[row * field.columns + column] = 10;
        field.sourceY[row * field.columns + column] = centreY(field, row);
      }
    }
    const blended = await voteAndBlend(bench, field, source);
    expect(pixel(blended, 59, 30)).toEqual([120, 120, 120]);
    expect(Math.abs(pixel(blended, 60, 30)[0]! - 120)).toBeLessThanOrEqual(4);
  });

  it('[PAINT9] spreads a tone less far above and below the photo than beside it', async () => {
    // The photo's last rows and columns are darker than the patches that go on from them.
    const correctionAt = async (beside: boolean, distance: number) => {
      const source = bench.copyPicture(
        drawn(60, 60, (x, y) => ((beside ? x : y) < 30 ? [140, 140, 140] : [120, 120, 120])),
      );
      const photo = { x: 0, y: 0, width: 60, height: 60 };
      const field = perfect(level(beside ? 180 : 60, beside ? 60 : 180, photo, photo));
      for (let cell = 0; cell < field.sourceX.length; cell++) {
        const x = centreX(field, cell % field.columns);
        const y = centreY(field, Math.floor(cell / field.columns));
        if ((beside ? x : y) < 56) continue;
        field.sourceX[cell] = beside ? 10 : x;
        field.sourceY[cell] = beside ? y : 10;
      }
      const blended = await voteAndBlend(bench, field, source);
      return 140 - pixel(blended, beside ? 60 + distance : 30, beside ? 30 : 60 + distance)[0]!;
    };
    expect(await correctionAt(true, 20)).toBeGreaterThan(2 * (await correctionAt(false, 20)));
    expect(await correctionAt(false, 1)).toBeGreaterThan(12);
  });

  it('[PAINT9] keeps a real edge of the picture', async () => {
    const source = bench.copyPicture(drawn(100, 40, (x) => (x < 50 ? [30, 30, 30] : [220, 220, 220])));
    const at = level(100, 40, { x: 0, y: 0, width: 100, height: 40 }, null);
    const blended = await voteAndBlend(bench, jumping(at, 50), source);
    expect(blended.data).toEqual(source.data);
  });
});
