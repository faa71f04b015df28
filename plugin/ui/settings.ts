/** What is kept between visits. Read through schemas: storage holds whatever an earlier version wrote. */
import * as z from 'zod/mini';
import { panoramaRequestSchema } from '../../shared/request.ts';
import type { HostStorage } from './host.ts';

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const preferencesSchema = z.object({
  /** Null follows the host's languages. */
  language: z.catch(z.nullable(z.enum(LANGUAGES)), null),
  theme: z.catch(z.enum(THEMES), 'system'),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** A panorama that was being sent: whether it arrived is asked after a reload. */
const pendingSchema = z.object({ id: z.uuid() });

/** How Figma's frames are filled, as it was last chosen. */
const fillingSchema = z.object({
  /** Pixels for one unit of Figma. */
  scale: z.catch(z.literal([1, 2, 3]), 1),
  applyDraft: z.catch(z.boolean(), true),
  hideSource: z.catch(z.boolean(), true),
});
export type Filling = z.infer<typeof fillingSchema>;

/** Each setting's key with its schema and what holds where nothing usable is kept. */
const SETTINGS = {
  address: setting(z.object({ url: z.string(), token: z.string() }), { url: '', token: '' }),
  preferences: setting(preferencesSchema, { language: null, theme: 'system' }),
  request: setting(z.nullable(panoramaRequestSchema), null),
  filling: setting(fillingSchema, { scale: 1, applyDraft: true, hideSource: true }),
  pending: setting(z.nullable(pendingSchema), null),
  /** Photos' names by panorama: the server is not told them. The oldest are forgotten. */
  names: setting(z.array(z.tuple([z.string(), z.string()])), []),
} as const;

function setting<S extends z.ZodMiniType>(
  schema: S,
  fallback: z.output<S>,
): { readonly schema: S; readonly fallback: z.output<S> } {
  return { schema, fallback };
}

type Key = keyof typeof SETTINGS;
export type Setting<K extends Key> = (typeof SETTINGS)[K]['fallback'];

/** The setting, or its fallback where none is kept, what is kept is no such setting, or storage fails. */
export async function readSetting<K extends Key>(storage: HostStorage, key: K): Promise<Setting<K>> {
  const { schema, fallback } = SETTINGS[key];
  try {
    const parsed = schema.safeParse(await storage.get(key));
    return parsed.success ? parsed.data : fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a setting; null forgets it. Resolves to whether it could: the interface works without. */
export async function writeSetting<K extends Key>(
  storage: HostStorage,
  key: K,
  value: Setting<K> | null,
): Promise<boolean> {
  try {
    await storage.set(key, value ?? undefined);
    return true;
  } catch {
    return false;
  }
}
