import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from './kept.ts';
import { figuresOf, geometricMean, markdown, rowsOf, type Run } from './table.ts';

/** A run whose layouts score `scores`, all of it MS-SWD. */
function finished(seconds: number, ...scores: number[]): Extract<Outcome, { kind: 'finished' }> {
  const scale = {
    width: 33,
    height: 25,
    epochs: 10,
    seconds: seconds / 2,
    cpuSeconds: seconds,
    reconstruction: 0.1,
  };
  const layouts = scores.map((score) => ({
    swd: score - 3,
    horizon: 1,
    completeness: 2,
    repetition: score / 100,
    rank: score,
  }));
  return { kind: 'finished', scales: [scale, scale], layouts, diversity: 0.5 };
}

const DIVERGED: Outcome = {
  kind: 'diverged',
  scales: [],
  message: 'training: a loss stopped being a number',
};

function run(recipe: string, photo: string, seed: number, outcome: Outcome | null, work = 100): Run {
  return { recipe, photo, seed, work, outcome };
}

describe('the table of recipes', () => {
  it('[RECIPES3] takes the best-ranked layout’s score and medians over all layouts', () => {
    expect(figuresOf(finished(20, 10, 12, 30))).toEqual({
      seconds: 20,
      cpuSeconds: 40,
      best: 10,
      median: 12,
      swd: 9,
      horizon: 1,
      completeness: 2,
      repetition: 0.12,
      diversity: 0.5,
    });
  });

  it('[RECIPES3] compares each run with the baseline’s of the same photo and seed', () => {
    const rows = rowsOf(
      [
        run('fast', 'sea', 1, finished(10, 10, 40)),
        run('fast', 'sea', 2, finished(20, 20, 40)),
        run('fast', 'wood', 1, finished(40, 40, 40)),
        run('fast', 'wood', 2, DIVERGED),
        // Half the score on one pair, an eighth on another: a quarter.
        run('short', 'sea', 1, finished(5, 5, 40), 50),
        run('short', 'sea', 2, DIVERGED, 50),
        run('short', 'wood', 1, finished(30, 5, 40), 50),
        run('short', 'wood', 2, finished(1, 1, 1), 50),
        run('slow', 'sea', 1, null, 400),
      ],
      'fast',
    );
    expect(rows.map(({ recipe, finished, diverged, asked }) => [recipe, finished, diverged, asked])).toEqual([
      ['short', 3, 1, 4],
      ['fast', 3, 1, 4],
      ['slow', 0, 0, 1],
    ]);
    const [short, fast, slow] = rows;
    expect(short?.best?.mean).toBeCloseTo(1 / 4);
    // Logarithms of 1/2 and 1/8 lie ln 4 apart: half of that is the error of their mean.
    expect(short?.best?.error).toBeCloseTo(Math.log(4) / 2 / 4);
    expect(short?.seconds).toBeCloseTo((0.5 + 0.75) / 2);
    expect(short?.cpuSeconds).toBeCloseTo((0.5 + 0.75) / 2);
    expect(short?.work).toBeCloseTo(0.5);
    expect(fast?.best).toEqual({ mean: 1, error: 0 });
    expect(fast?.means.swd).toBeCloseTo((22 + 27 + 37) / 3);
    expect(slow).toMatchObject({ work: 4, seconds: null, best: null, median: null });
  });

  it('[RECIPES3] a geometric mean of ratios and of their inverses are inverse', () => {
    const ratios = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(ratios, (list) => {
        const [one, other] = [geometricMean(list), geometricMean(list.map((ratio) => 1 / ratio))];
        expect((one?.mean ?? 0) * (other?.mean ?? 0)).toBeCloseTo(1);
        expect((one?.error ?? 0) / (one?.mean ?? 1)).toBeCloseTo((other?.error ?? 0) / (other?.mean ?? 1));
      }),
    );
    expect(geometricMean([])).toBeNull();
    expect(geometricMean([0.9])).toEqual({ mean: expect.closeTo(0.9) as number, error: null });
  });

  it('[RECIPES3] is Markdown with a row for each recipe, best first', () => {
    const runs = [
      run('fast', 'sea', 1, finished(10, 10)),
      run('fast', 'sea', 2, finished(10, 20)),
      run('short', 'sea', 1, finished(5, 9), 50),
      run('short', 'sea', 2, null, 50),
      run('wild', 'sea', 1, DIVERGED),
      run('wild', 'sea', 2, DIVERGED),
    ];
    expect(markdown(rowsOf(runs, 'fast'), (recipe) => `what ${recipe} does`)).toMatchInlineSnapshot(`
      "| recipe | changes | runs | diverged | work | seconds | CPU seconds | score | score, median | MS-SWD | horizon | completeness | repetition | diversity |
      | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
      | short | what short does | 1 of 2 | 0 | 0.50 | 0.50 | 0.50 | 0.900 | 0.900 | 6.00 | 1.00 | 2.00 | 0.09 | 0.50 |
      | fast | what fast does | 2 | 0 | 1.00 | 1.00 | 1.00 | 1.000 ± 0.000 | 1.000 ± 0.000 | 12.00 | 1.00 | 2.00 | 0.15 | 0.50 |
      | wild | what wild does | 2 | 2 | 1.00 | – | – | – | – | – | – | – | – | – |
      "
    `);
  });
});
