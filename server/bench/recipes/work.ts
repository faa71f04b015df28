/** How much work a training is, whatever the machine: the multiply–adds of its convolutions. */
import type { Size } from '../../../shared/geometry.ts';
import { epochsAt, type Hyperparameters } from '../../../shared/hyperparameters.ts';
import { architecturesAt } from '../../singan/initialization.ts';
import { LAYERS, MARGIN, type Architecture } from '../../singan/networks.ts';
import { pyramidSizes } from '../../singan/pyramid.ts';

/** Multiply–adds of a network's convolutions in one pass over one picture. */
interface Pass {
  readonly all: number;
  /** Of the first and of the last layer. */
  readonly first: number;
  readonly last: number;
}

/**
 * Multiply–adds of training on a photo of `photo` pixels, all scales. Counted are the convolutions of the passes that
 * `trainingProgram` needs: forward, gradients of filters, gradients of inputs, the gradient penalty's second
 * derivatives, and the coarser scales' samples; what is done pixel by pixel is left out.
 */
export function trainingMultiplyAdds(hyperparameters: Hyperparameters, photo: Size): number {
  const { coarserPool } = hyperparameters;
  let sum = 0;
  /** A sample of the scales so far. */
  let sample = 0;
  pyramidSizes(photo, hyperparameters).forEach((size, scale) => {
    const iterations = epochsAt(hyperparameters, scale);
    sum += (coarserPool ?? iterations * fakesOf(hyperparameters)) * sample;
    sum += iterationsMultiplyAdds(hyperparameters, scale, size, iterations);
    const { generator } = architecturesAt(hyperparameters, scale);
    sample += generatorPass(generator, size).all;
    // Its reconstruction.
    sum += sample;
  });
  return sum;
}

function iterationsMultiplyAdds(
  hyperparameters: Hyperparameters,
  scale: number,
  size: Size,
  iterations: number,
): number {
  const { discriminatorSteps, generatorSteps, gradientPenaltyEvery, normalization } = hyperparameters;
  const architectures = architecturesAt(hyperparameters, scale);
  const g = generatorPass(architectures.generator, size);
  const d = passOf(architectures.discriminator, size);
  const penalised = Math.ceil(iterations / gradientPenaltyEvery);
  // One program of both steps makes D's fake together with G's own and the reconstruction.
  const joint = discriminatorSteps === 1 && generatorSteps === 1;
  const fake = joint ? 0 : g.all;
  // Each for one picture: forward, filters' gradients, inputs' gradients but for the picture's own.
  const trained = (pass: Pass): number => pass.all + pass.all + (pass.all - pass.first);
  // Forward without the scores, the picture's gradient; then back through that gradient, filters and inputs.
  const penalty = d.all - d.last + d.all + d.all + (d.all - d.last);
  // LeakyReLU's second derivative is zero; batch norm's leads back through the forward pass.
  const curved = normalization === 'batch' ? d.all + (d.all - d.first) : 0;
  const generatorStep = 2 * trained(g) + d.all + d.all;
  return (
    iterations * fakesOf(hyperparameters) * fake +
    iterations * (discriminatorSteps * 2 * trained(d) + generatorSteps * generatorStep) +
    penalised * discriminatorSteps * (penalty + curved)
  );
}

/** Fakes that D meets in an iteration. */
function fakesOf({ fakePer, discriminatorSteps }: Hyperparameters): number {
  return fakePer === 'iteration' ? 1 : discriminatorSteps;
}

function generatorPass(generator: Architecture, { width, height }: Size): Pass {
  return passOf(generator, { width: width + 2 * MARGIN, height: height + 2 * MARGIN });
}

/** Five 3×3 convolutions, each of which takes a pixel off every side. */
function passOf({ inputChannels, width, outputChannels }: Architecture, input: Size): Pass {
  const layers = Array.from({ length: LAYERS }, (_, layer) => {
    const lost = 2 * (layer + 1);
    const inputs = layer === 0 ? inputChannels : width;
    const outputs = layer === LAYERS - 1 ? outputChannels : width;
    return (input.width - lost) * (input.height - lost) * 9 * inputs * outputs;
  });
  return {
    all: layers.reduce((sum, layer) => sum + layer, 0),
    first: layers[0] ?? 0,
    last: layers.at(-1) ?? 0,
  };
}
