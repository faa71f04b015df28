/** Who sends what, and when. */
import { PRIORITY } from '../../jobs/records.ts';
import { createRandom, type Random } from '../../singan/random.ts';
import type { Job, SimulatedPreset } from './job.ts';
import { SIMULATED_PRESETS } from './job.ts';
import { drawService, type Service } from './service.ts';

export const HOUR_SECONDS = 3600;

/** How busy each hour is, against the busiest; repeated for as long as is simulated. */
export const PROFILES = {
  flat: [1],
  // Assumed: one time zone's office day with a pause at noon, and a few who work at night.
  day: [
    0.03, 0.02, 0.02, 0.02, 0.02, 0.03, 0.08, 0.25, 0.6, 0.9, 1, 0.95, 0.6, 0.8, 1, 1, 0.9, 0.7, 0.4, 0.25,
    0.18, 0.12, 0.08, 0.05,
  ],
} as const satisfies Record<string, readonly number[]>;
export type ProfileName = keyof typeof PROFILES;

export interface Workload {
  /** Panoramas in the busiest hour. */
  readonly hourlyRate: number;
  readonly profile: ProfileName;
  readonly tokens: number;
  /** Of the panoramas: they add up to 1. */
  readonly shares: Readonly<Record<SimulatedPreset, number>>;
  /** Of the trainings: how many come with a picture that their token has sent before. */
  readonly seenShare: number;
  readonly service: Service;
  readonly seed: number;
}

/** What one person sends in their busiest hour; assumed. */
export const PANORAMAS_OF_TOKEN = 10;
/** Whoever sends a picture again has sent it lately. */
const RECENT_PICTURES = 5;

/** The jobs of the first `seconds`, in the order of their arrival. The same workload gives the same jobs. */
export function drawJobs(workload: Workload, seconds: number): Job[] {
  const { hourlyRate, profile, tokens, shares, seenShare, service, seed } = workload;
  const random = createRandom(seed, 'jobs');
  const pictures = new Pictures();
  const arrivals = arrivalSeconds(createRandom(seed, 'arrivals'), hourlyRate, PROFILES[profile], seconds);
  return arrivals.map((arrivalSeconds) => {
    const token = random.below(tokens);
    const preset = choose(shares, random);
    const model = preset === 'draft' ? null : pictures.choose(`${token} ${preset}`, seenShare, random);
    const priority = preset === 'draft' ? PRIORITY.draft : PRIORITY.normal;
    return { arrivalSeconds, token, preset, priority, model, ...drawService(service, preset, random) };
  });
}

/** A Poisson process whose rate follows the profile, by thinning (Lewis and Shedler, 1979). */
export function arrivalSeconds(
  random: Random,
  hourlyRate: number,
  profile: readonly number[],
  untilSeconds: number,
): number[] {
  const arrivals: number[] = [];
  for (let now = 0; ;) {
    now += (-Math.log(1 - random.uniform()) * HOUR_SECONDS) / hourlyRate;
    if (now >= untilSeconds) return arrivals;
    const weight = profile[Math.floor(now / HOUR_SECONDS) % profile.length] ?? 1;
    if (weight === 1 || random.uniform() < weight) arrivals.push(now);
  }
}

function choose(shares: Workload['shares'], random: Random): SimulatedPreset {
  let left = random.uniform();
  for (const preset of SIMULATED_PRESETS) {
    left -= shares[preset];
    if (left < 0) return preset;
  }
  return SIMULATED_PRESETS.findLast((preset) => shares[preset] > 0) ?? 'fast';
}

/** The pictures that were sent, each a model of its own for each preset. */
class Pictures {
  private readonly recent = new Map<string, number[]>();
  private models = 0;

  /** One of the sender's latest pictures, or a new one; null for one of before the start, whose model is there. */
  choose(sender: string, seenShare: number, random: Random): number | null {
    const recent = this.recent.get(sender) ?? [];
    if (random.uniform() < seenShare) return recent[random.below(recent.length)] ?? null;
    this.recent.set(sender, [...recent, this.models].slice(-RECENT_PICTURES));
    return this.models++;
  }
}
