/**
 * The frozen generators one after another, each in tiles, where a whole layer does not fit the engine's memory.
 *
 * A generator is padded once, at its input, and its convolutions are valid: a tile of its output needs the same tile of
 * the padded input with `2 · MARGIN` more rows and columns, and nothing else. So tiles give the numbers of the whole, up
 * to the rounding of floats, and have no seams. What lies between the generators (resizing, noise, padding) is done on
 * the host.
 */
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { areaOf } from '../../shared/geometry.ts';
import type { Size } from '../../shared/geometry.ts';
import type { Engine, Program, Shape } from '../program.ts';
import { resizeBilinear } from './bilinear.ts';
import { lengthOf, noiseShapes } from './chain.ts';
import type { Chain, ChainLevel, ChainOptions, ChainResult } from './chain.ts';
import { isOutOfMemory } from './errors.ts';
import { frozenLayers } from './frozen-generator.ts';
import { MARGIN, generate } from './networks.ts';
import { rowChannels } from './rows.ts';
import { cut, halved, paste, tileWithin, tilesOf } from './tiles.ts';

/** A tile of 32×32 already reads 42×42: smaller ones save little, and an engine without room for them has none. */
const LEAST_TILE_PIXELS = 32 * 32;

/** One generator for tiles of one size. */
interface TileProgram {
  readonly tile: Size;
  readonly program: Program<string, 'picture'>;
  /** Row channels of a column of tiles, [height + 10, tile.width + 10, 3]; null for a generator without them. */
  readonly rows: Float32Array | null;
}

/** What one level starts from. */
interface LevelStart {
  /** Coarser output plus noise, padded: [height + 10, width + 10, 3]. */
  readonly padded: Float32Array;
  /** [height, width, 3]; null where the level starts from noise alone. */
  readonly coarser: Float32Array | null;
}

export class TiledChain implements Chain {
  readonly noiseLengths: readonly number[];
  private readonly programs = new Map<ChainLevel, TileProgram>();
  /** What a tile may have at most. */
  private tilePixels: number;

  /** Starts with half of the largest level; nothing is compiled before it is needed. */
  constructor(
    private readonly engine: Engine,
    private readonly levels: readonly ChainLevel[],
    { injected = false }: Pick<ChainOptions, 'injected'> = {},
  ) {
    this.noiseLengths = noiseShapes(levels, injected).map(lengthOf);
    this.tilePixels = Math.max(...levels.map(({ size }) => areaOf(halved(size))));
  }

  /**
   * Halves the tiles whenever the engine runs out of memory; what worked is kept for the next run.
   *
   * @throws the engine's error when the smallest tiles do not fit either, the signal's reason between two tiles
   */
  async run(
    noises: readonly Float32Array[],
    injected?: Float32Array,
    signal?: AbortSignal,
  ): Promise<ChainResult> {
    let coarser = injected ?? null;
    let last: Size | null = null;
    for (const [index, level] of this.levels.entries()) {
      if (coarser && last) coarser = resizeBilinear(coarser, last, level.size); // [H, W, 3]
      const start = { padded: paddedStart(level, noises[index] ?? new Float32Array(), coarser), coarser };
      coarser = await this.runLevel(level, start, signal); // [H, W, 3]
      last = level.size;
    }
    if (!coarser) throw new Error('internal: tiled chain: no levels');
    return { picture: coarser, resized: coarser };
  }

  async dispose(): Promise<void> {
    const programs = [...this.programs.values()];
    this.programs.clear();
    for (const { program } of programs) await program.dispose();
  }

  private async runLevel(
    level: ChainLevel,
    start: LevelStart,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    for (;;) {
      try {
        return await this.runTiles(level, start, signal);
      } catch (error) {
        const tile = tileWithin(level.size, this.tilePixels);
        if (!isOutOfMemory(error) || areaOf(tile) <= LEAST_TILE_PIXELS) throw error;
        // The other levels' programs hold memory too.
        await this.dispose();
        this.tilePixels = areaOf(halved(tile));
      }
    }
  }

  private async runTiles(
    level: ChainLevel,
    { padded, coarser }: LevelStart,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const { size } = level;
    const { tile, program, rows } = await this.programOf(level, coarser !== null);
    const picture = new Float32Array(areaOf(size) * 3);
    for (const place of tilesOf(size, tile)) {
      // Running a program blocks the thread: let others have it in between.
      await setImmediate();
      signal?.throwIfAborted();
      const read = { ...place, ...grown(tile) };
      const values: Record<string, Float32Array> = { start: cut(padded, grown(size).width, read) };
      if (rows) values['rows'] = cut(rows, read.width, { ...read, x: 0 });
      if (coarser) values['coarser'] = cut(coarser, size.width, place);
      paste(picture, size.width, place, (await program.run(values)).picture);
    }
    return picture;
  }

  private async programOf(level: ChainLevel, continues: boolean): Promise<TileProgram> {
    const known = this.programs.get(level);
    if (known) return known;
    const { generator, size, rows } = level;
    const tile = tileWithin(size, this.tilePixels);
    const withRows = generator.inputChannels > 3;
    const inputs: Record<string, Shape> = { start: shapeOf(grown(tile)) };
    if (withRows) inputs['rows'] = shapeOf(grown(tile));
    if (continues) inputs['coarser'] = shapeOf(tile);
    const program = await this.engine.compile((given: Record<string, Tensor>) => {
      const start = given['start'] as Tensor; // [1, h + 10, w + 10, 3]
      const input = given['rows'] ? tf.concat([start, given['rows']], 3) : start; // [1, h + 10, w + 10, 3 | 6]
      const { output } = generate(frozenLayers(generator), input, given['coarser'] ?? null);
      return { outputs: { picture: output } }; // [1, h, w, 3]
    }, inputs);
    const column = { width: tile.width, height: size.height };
    const compiled = { tile, program, rows: withRows ? rowChannels(column, rows, MARGIN, 1) : null };
    this.programs.set(level, compiled);
    return compiled;
  }
}

/** `startOf` and the padding of `generatorInput`, on the host. */
function paddedStart(
  { size, amplitude }: ChainLevel,
  noise: Float32Array,
  coarser: Float32Array | null,
): Float32Array {
  const start = coarser
    ? coarser.map((value, i) => value + amplitude * (noise[i] ?? NaN)) // [H, W, 3]
    : Float32Array.from({ length: areaOf(size) * 3 }, (_, i) => noise[Math.floor(i / 3)] ?? NaN); // [H, W, 3]
  const padded = new Float32Array(areaOf(grown(size)) * 3);
  paste(padded, grown(size).width, { x: MARGIN, y: MARGIN, ...size }, start);
  return padded;
}

/** What the networks read for an output of that size. */
function grown({ width, height }: Size): Size {
  return { width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}

const shapeOf = ({ width, height }: Size): Shape => [1, height, width, 3];
