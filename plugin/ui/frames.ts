/** Sizes that designers ask for by name. The dictionaries hold the names. */
import type { Size } from '../../shared/geometry.ts';

export const FRAME_GROUPS = ['web', 'screens', 'social', 'covers', 'phones', 'print'] as const;
export type FrameGroup = (typeof FRAME_GROUPS)[number];

/** Each name stands for one size, and each size for one name. */
const SIZES = {
  hero: ['web', 1440, 600],
  lowHero: ['web', 1440, 491],
  wideHero: ['web', 1920, 720],
  strip: ['web', 1920, 400],
  openGraph: ['web', 1200, 630],
  fullHd: ['screens', 1920, 1080],
  qhd: ['screens', 2560, 1440],
  uhd: ['screens', 3840, 2160],
  ultraWide: ['screens', 3440, 1440],
  twoMonitors: ['screens', 5120, 1440],
  square: ['social', 1080, 1080],
  portrait: ['social', 1080, 1350],
  story: ['social', 1080, 1920],
  xHeader: ['covers', 1500, 500],
  linkedIn: ['covers', 1584, 396],
  facebook: ['covers', 820, 312],
  youTube: ['covers', 2048, 1152],
  phone: ['phones', 390, 844],
  sharpPhone: ['phones', 1170, 2532],
  tablet: ['phones', 1640, 2360],
  a4Screen: ['print', 1240, 1754],
  a4Print: ['print', 2480, 3508],
  a4Landscape: ['print', 3508, 2480],
} as const satisfies Readonly<Record<string, readonly [FrameGroup, number, number]>>;

export type FrameName = keyof typeof SIZES;

export interface NamedFrame extends Size {
  readonly name: FrameName;
  readonly group: FrameGroup;
}

export const FRAMES: readonly NamedFrame[] = (Object.keys(SIZES) as FrameName[]).map((name) => {
  const [group, width, height] = SIZES[name];
  return { name, group, width, height };
});

/** The named frame of a size, or null. */
export function frameOfSize(size: Size): NamedFrame | null {
  return FRAMES.find(({ width, height }) => width === size.width && height === size.height) ?? null;
}
