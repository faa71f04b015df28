/** Where the interface runs: a web page, or Figma's frame. All that differs between the two goes through this. */
import type { PanoramaApi, ServerAddress } from '../../shared/client.ts';
import type { Size } from '../../shared/geometry.ts';
import type { Undo } from './undo.ts';

/** A file with what the user calls it. */
export interface NamedPhoto {
  readonly blob: Blob;
  readonly name: string;
}

/** What the surroundings tell, unasked. */
export type HostEvent =
  /** A photo was dropped, pasted or selected. */
  | { readonly type: 'photo'; readonly photo: NamedPhoto }
  /** A frame to be filled was selected. */
  | { readonly type: 'frame'; readonly size: Size }
  /** Something hangs over the interface and may be dropped. */
  | { readonly type: 'dragging'; readonly over: boolean }
  /** Another token came, by the address that the server prints. */
  | { readonly type: 'token'; readonly token: string }
  /** The panorama to show was chosen outside, by the address or the browser's history; null for none. */
  | { readonly type: 'opened'; readonly id: string | null };

/** Values that outlive the page. What is read may be from another version, or damaged. */
export interface HostStorage {
  get(key: string): Promise<unknown>;
  /** `undefined` removes it. Rejects where nothing can be kept. */
  set(key: string, value: unknown): Promise<void>;
}

export interface Host {
  readonly kind: 'web' | 'figma';
  /** The server that belongs to this host, without a slash at its end; null where the user names one. */
  readonly server: string | null;
  /** The user's languages, the favourite first. */
  readonly languages: readonly string[];
  /** What it was opened with. */
  readonly start: { readonly token: string | null; readonly id: string | null };
  readonly storage: HostStorage;
  /** A client for a server; tests give a fake one. */
  api(address: ServerAddress): PanoramaApi;
  /** A picture's size, upright, in pixels; null where this host cannot show it. */
  measure(picture: Blob): Promise<Size | null>;
  /** Remembers which panorama is shown, so that it is found again; null for none. */
  setOpened(id: string | null): void;
  /** Takes a finished picture out: downloads it, or lays it into the frame. */
  savePicture(picture: Blob, name: string): Promise<void>;
  onEvent(listener: (event: HostEvent) => void): Undo;
}
