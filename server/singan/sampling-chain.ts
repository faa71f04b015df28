/** The chain that samples are drawn from: whole, and in tiles once the engine's memory proves too short for that. */
import type { Engine } from '../program.ts';
import { compileChain } from './chain.ts';
import type { Chain, ChainLevel, ChainOptions } from './chain.ts';
import { isOutOfMemory } from './errors.ts';
import { TiledChain } from './tiled-chain.ts';

/** As `compileChain`; both ways give the same pictures, up to the rounding of floats. */
export async function compileSamplingChain(
  engine: Engine,
  levels: readonly ChainLevel[],
  options: Pick<ChainOptions, 'injected'>,
): Promise<Chain> {
  const inTiles = (): Chain => new TiledChain(engine, levels, options);
  let whole: Chain;
  try {
    whole = await compileChain(engine, levels, options);
  } catch (error) {
    if (isOutOfMemory(error)) return inTiles();
    throw error;
  }

  let chain = whole;
  return {
    noiseLengths: whole.noiseLengths,
    async run(noises, injected, signal) {
      try {
        return await chain.run(noises, injected, signal);
      } catch (error) {
        if (chain !== whole || !isOutOfMemory(error)) throw error;
      }
      // What it holds is what is missing.
      await whole.dispose();
      chain = inTiles();
      return chain.run(noises, injected, signal);
    },
    dispose: () => chain.dispose(),
  };
}
