import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from './errors.ts';
import {
  epochsAt,
  LIMITS,
  OPTIMIZERS,
  PRESETS,
  resolveHyperparameters,
  TRAINING_PRESETS,
} from './hyperparameters.ts';
import { FORMATS, MODES, parseRequest, requireRequest, type PanoramaRequestInput } from './request.ts';

const SIZE = { width: 1440, height: 491 };

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const side = fc.integer({ min: 16, max: 8192 });
const rest = {
  mode: fc.constantFrom(...MODES),
  anchor: fc.record({ x: fraction, y: fraction }, { requiredKeys: [] }),
  zoom: fc.double({ min: 1, max: 100, noNaN: true }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  format: fc.constantFrom(...FORMATS),
};
const training = fc.record(
  {
    epochs: fc.constantFrom(...LIMITS.epochs),
    maxSize: fc.constantFrom(...LIMITS.maxSize),
    optimizer: fc.constantFrom(...OPTIMIZERS),
    learningRate: fc.double({ ...LIMITS.learningRate, noNaN: true }),
  },
  { requiredKeys: [] },
);
const trainingRequest = fc.record(
  {
    width: side,
    height: side,
    ...rest,
    preset: fc.constantFrom('fast', 'classic', 'paper'),
    training,
    variants: fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: ['width', 'height'] },
);
const draftRequest = fc.record(
  { width: side, height: side, ...rest, preset: fc.constant('draft') },
  { requiredKeys: ['width', 'height', 'preset'] },
);
const validRequest = fc.oneof(trainingRequest, draftRequest) as fc.Arbitrary<PanoramaRequestInput>;

function problems(value: unknown): readonly string[] {
  const parsed = parseRequest(value);
  return parsed.ok ? [] : parsed.problems;
}

describe('parseRequest', () => {
  it('[REQ1] needs the size only and fills in the rest', () => {
    expect(requireRequest(SIZE)).toEqual({
      ...SIZE,
      mode: 'extend',
      anchor: { x: 0.5, y: 0.5 },
      zoom: 1,
      preset: 'fast',
      training: {},
      seed: 1,
      variants: 1,
      format: 'png',
    });
  });

  it('[REQ2] takes every request within the limits as it is, and its own output again', () => {
    fc.assert(
      fc.property(validRequest, (input) => {
        const request = requireRequest(input);
        expect(request).toMatchObject(input);
        expect(requireRequest(request)).toEqual(request);
      }),
    );
  });

  it('[REQ3] says of each wrong field what was expected and what came', () => {
    expect(problems({ width: 8193, height: 15 })).toEqual([
      'width: expected a whole number from 16 to 8192, got 8193',
      'height: expected a whole number from 16 to 8192, got 15',
    ]);
    const cases: [object, string][] = [
      [{ width: 0 }, 'width: expected a whole number from 16 to 8192, got 0'],
      [{ width: -5 }, 'width: expected a whole number from 16 to 8192, got -5'],
      [{ width: 99.5 }, 'width: expected a whole number from 16 to 8192, got 99.5'],
      [{ width: 'abc' }, 'width: expected a whole number from 16 to 8192, got "abc"'],
      [{ width: undefined }, 'width: expected a whole number from 16 to 8192, got nothing'],
      [{ width: NaN }, 'width: expected a whole number from 16 to 8192, got NaN'],
      [{ mode: 'Extend' }, 'mode: expected one of extend, retarget, reimagine, got "Extend"'],
      [{ preset: 'best' }, 'preset: expected one of draft, fast, classic, paper, got "best"'],
      [{ format: 'gif' }, 'format: expected one of png, jpeg, webp, got "gif"'],
      [{ anchor: { x: 1.5 } }, 'anchor.x: expected a number from 0 to 1, got 1.5'],
      [{ anchor: [0, 0] }, 'anchor: expected an object, got a list'],
      [{ zoom: 0.5 }, 'zoom: expected a number from 1 to 100, got 0.5'],
      [{ seed: -1 }, 'seed: expected a whole number from 0 to 4294967295, got -1'],
      [{ seed: 2 ** 32 }, 'seed: expected a whole number from 0 to 4294967295, got 4294967296'],
      [{ variants: 9 }, 'variants: expected a whole number from 1 to 8, got 9'],
      [
        { training: { learningRate: 1 } },
        'training.learningRate: expected a number from 0.00001 to 0.1, got 1',
      ],
      [{ training: { maxSize: 300 } }, 'training.maxSize: expected one of 100, 150, 200, 250, got 300'],
    ];
    for (const [change, line] of cases) expect(problems({ ...SIZE, ...change })).toEqual([line]);
    const epochs = 'expected one of 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 2000';
    for (const wrong of [0, 150, 3000]) {
      expect(problems({ ...SIZE, training: { epochs: wrong } })).toEqual([
        `training.epochs: ${epochs}, got ${wrong}`,
      ]);
    }
    expect(problems({ ...SIZE, training: { optimizer: 'lion' } })).toEqual([
      'training.optimizer: expected one of adam, adamax, adamw, sgd, asgd, nadam, radam, got "lion"',
    ]);
    expect(problems(null)).toEqual(['request: expected an object, got null']);
  });

  const numbers: [field: string, range: string, around: number[], request: (value: number) => object][] = [
    ['width', 'a whole number from 16 to 8192', [15, 8193], (width) => ({ width })],
    ['height', 'a whole number from 16 to 8192', [15, 8193], (height) => ({ height })],
    ['anchor.x', 'a number from 0 to 1', [-0.001, 1.001], (x) => ({ anchor: { x } })],
    ['anchor.y', 'a number from 0 to 1', [-1, 2], (y) => ({ anchor: { y } })],
    ['zoom', 'a number from 1 to 100', [0.999, 100.1], (zoom) => ({ zoom })],
    ['seed', 'a whole number from 0 to 4294967295', [-1, 0.5, 2 ** 32], (seed) => ({ seed })],
    ['variants', 'a whole number from 1 to 8', [0, 1.5, 9], (variants) => ({ variants })],
    [
      'training.epochs',
      'one of 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 2000',
      [99, 1001],
      (epochs) => ({ training: { epochs } }),
    ],
    ['training.maxSize', 'one of 100, 150, 200, 250', [0, 251], (maxSize) => ({ training: { maxSize } })],
    [
      'training.learningRate',
      'a number from 0.00001 to 0.1',
      [0, 0.11],
      (learningRate) => ({ training: { learningRate } }),
    ],
  ];
  it.each(numbers)(
    '[REQ3] refuses NaN, infinity and what is out of range as %s',
    (field, range, around, request) => {
      for (const value of [NaN, Infinity, -Infinity, ...around]) {
        expect(problems({ ...SIZE, ...request(value) })).toEqual([
          `${field}: expected ${range}, got ${value}`,
        ]);
      }
    },
  );

  it('[REQ4] refuses unknown fields by name', () => {
    expect(problems({ ...SIZE, colour: 'red', training: { batchSize: 4 } })).toEqual([
      'training.batchSize: expected only the fields epochs, maxSize, optimizer, learningRate, got this one',
      'colour: expected only the fields width, height, mode, anchor, zoom, preset, training, seed, variants, format, got this one',
    ]);
  });

  it('[REQ5] refuses training options and several variants with preset draft', () => {
    expect(problems({ ...SIZE, preset: 'draft', training: { epochs: 300 }, variants: 2 })).toEqual([
      'training.epochs: expected none with preset draft, which trains nothing, got 300',
      'variants: expected 1 with preset draft, which has one picture, got 2',
    ]);
    expect(parseRequest({ ...SIZE, preset: 'draft', training: { epochs: undefined } }).ok).toBe(true);
  });

  it('[REQ6] never throws and keeps each problem on one line, whatever comes', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    const almost = fc.tuple(validRequest, fc.dictionary(fc.string({ unit: 'binary' }), anything));
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          almost.map(([request, more]) => ({ ...request, ...more })),
        ),
        (value) => {
          const parsed = parseRequest(value);
          if (parsed.ok) return;
          expect(parsed.problems.length).toBeGreaterThan(0);

          for (const line of parsed.problems)
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('[REQ7] throws all problems in one RequestError where asked to', () => {
    const attempt = () => requireRequest({ width: 1 });
    expect(attempt).toThrow(RequestError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ name: 'RequestError', code: 'invalid-request', kind: 'request' });
      expect((error as RequestError).problems).toHaveLength(2);
    }
  });
});

describe('resolveHyperparameters', () => {
  it('[REQ8] overrides the preset by the training options, and nothing else', () => {
    fc.assert(
      fc.property(trainingRequest, (input) => {
        const request = requireRequest(input);
        if (request.preset === 'draft') return;
        const { epochs, maxSize, optimizer, learningRate, ...others } = resolveHyperparameters(request) ?? {};
        const recipe = TRAINING_PRESETS[request.preset];
        expect({ epochs, maxSize, optimizer, learningRate }).toEqual({
          epochs: recipe.epochs,
          maxSize: recipe.maxSize,
          optimizer: recipe.optimizer,
          learningRate: recipe.learningRate,
          ...request.training,
        });
        expect(recipe).toMatchObject(others);
      }),
    );
  });

  it('[REQ9] has no recipe for a draft, and one within the limits for every other preset', () => {
    for (const preset of PRESETS) {
      const recipe = resolveHyperparameters({ preset, training: {} });
      if (preset === 'draft') expect(recipe).toBeNull();
      else
        expect(
          parseRequest({ ...SIZE, training: { epochs: recipe?.epochs, maxSize: recipe?.maxSize } }).ok,
        ).toBe(true);
    }
  });

  it('[REQ10] takes epochs as those of the coarsest scale, finer ones keeping their share', () => {
    const recipe = resolveHyperparameters({ preset: 'fast', training: { epochs: 600 } });
    expect(recipe && [0, 1, 2, 3, 9].map((scale) => epochsAt(recipe, scale))).toEqual([
      600, 300, 160, 80, 80,
    ]);
  });
});
