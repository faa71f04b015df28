/** Values kept in the document as text: narrowed by hand, for another version or another plugin's copy wrote them. */
import type { Rectangle, Size } from '../../shared/geometry.ts';

/** Figma refuses an entry over 100 kB; its key and the plugin's id count too. */
export const STORED_BYTES = 99_000;
/** Names are as long as the user likes: a text layer's is its text. */
const NAME_CHARACTERS = 200;

export type Fields = Readonly<Record<string, unknown>>;

/** One character a byte, so that the length tells the size. */
export function asText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The value of a text; null where it is none. */
export function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSize(value: unknown): value is Size {
  return isFields(value) && isPositive(value.width) && isPositive(value.height);
}

export function isRectangle(value: unknown): value is Rectangle {
  return isFields(value) && Number.isFinite(value.x) && Number.isFinite(value.y) && isSize(value);
}

export function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

export function shortName(name: string): string {
  return name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}…` : name;
}
