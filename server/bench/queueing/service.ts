/** How long the phases of a job take, and how much that varies. */
import { PHASES, type Phase } from '../../../shared/protocol.ts';
import { panoramaRequestSchema } from '../../../shared/request.ts';
import { planPanorama, type Plan } from '../../panorama/plan.ts';
import type { Random } from '../../singan/random.ts';
import { SIMULATED_PRESETS, type Job, type SimulatedPreset } from './job.ts';

export type PhaseSeconds = Readonly<Record<Phase, number>>;

export interface Service {
  /** Mean seconds of each phase for a job that trains; the start of its process counts as decoding. */
  readonly seconds: Readonly<Record<SimulatedPreset, PhaseSeconds>>;
  /** Standard deviation of the seconds' natural logarithm. */
  readonly spread: Readonly<Record<Phase, number>>;
}

/** The photo and frame that README's figures are of. */
const PHOTO = { width: 1600, height: 1200 };
const FRAME = { width: 1440, height: 491 };

/** Assumed, not measured: photos and frames of other sizes, and machines that do other things besides. */
export const DEFAULT_SPREAD = 0.3;

/**
 * On two cores, mountain-pass.jpg to 1440×491: README's "Measured" has 1.1 s to the draft, 11.6 s trained, 4.3 s with
 * the model found and 1.3 s of painting; NOTES.md has 1895 s of `classic` training. What a job with its model found
 * takes besides the draft and painting is sampling, ranking and encoding.
 */
const FAST: PhaseSeconds = { decode: 0.2, draft: 0.8, train: 7.3, sample: 1.7, paint: 1.3, encode: 0.3 };
const CLASSIC_TRAINING_SECONDS = 1895;

export const DEFAULT_SERVICE: Service = {
  seconds: presetsOf(FAST, CLASSIC_TRAINING_SECONDS),
  spread: spreadOf(() => DEFAULT_SPREAD),
};

/** All presets from a `fast` job that trains. A draft is one of its two pictures, without what follows the draft. */
export function presetsOf(fast: PhaseSeconds, classicTrainingSeconds: number): Service['seconds'] {
  return {
    draft: { ...fast, train: 0, sample: 0, paint: 0, encode: fast.encode / 2 },
    fast,
    classic: { ...fast, train: classicTrainingSeconds },
  };
}

/** What `classic` takes where `fast` was measured and it was not: longer by as much as there. */
export function scaledClassicSeconds(fastTrainingSeconds: number): number {
  return (CLASSIC_TRAINING_SECONDS * fastTrainingSeconds) / FAST.train;
}

export function spreadOf(of: (phase: Phase) => number): Service['spread'] {
  return phaseRecord(of);
}

/** The plan of the photo and frame above. */
export function planOf(preset: SimulatedPreset): Plan {
  return planPanorama(PHOTO, panoramaRequestSchema.parse({ ...FRAME, preset }));
}

/** How many scales each preset trains. */
export const SCALES: Readonly<Record<SimulatedPreset, number>> = presetRecord(
  (preset) => planOf(preset).scaleSeconds.length,
);

/**
 * The seconds of one job. Each phase is log-normal with its mean; all phases of a job are long or short together, as
 * they are on a busy machine or for a large frame, which makes queues longer than phases of their own would.
 */
export function drawService(
  { seconds, spread }: Service,
  preset: SimulatedPreset,
  random: Random,
): Pick<Job, 'beforeSeconds' | 'trainingSeconds' | 'afterSeconds'> {
  const deviation = normal(random);
  const of = (phase: Phase): number =>
    seconds[preset][phase] * Math.exp(spread[phase] * deviation - spread[phase] ** 2 / 2);
  const opening = of('decode') + of('draft');
  if (preset === 'draft') {
    return { beforeSeconds: opening + of('encode'), trainingSeconds: 0, afterSeconds: 0 };
  }
  // The draft is encoded before the training, the result after it.
  return {
    beforeSeconds: opening + of('encode') / 2,
    trainingSeconds: of('train'),
    afterSeconds: of('sample') + of('paint') + of('encode') / 2,
  };
}

/** Standard normal, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

export function phaseRecord(of: (phase: Phase) => number): Readonly<Record<Phase, number>> {
  const [decode, draft, train, sample, paint, encode] = PHASES;
  return {
    decode: of(decode),
    draft: of(draft),
    train: of(train),
    sample: of(sample),
    paint: of(paint),
    encode: of(encode),
  };
}

export function presetRecord<T>(of: (preset: SimulatedPreset) => T): Readonly<Record<SimulatedPreset, T>> {
  const [draft, fast, classic] = SIMULATED_PRESETS;
  return { draft: of(draft), fast: of(fast), classic: of(classic) };
}
