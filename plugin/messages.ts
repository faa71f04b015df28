/**
 * What the plugin's two halves say to each other: main, in Figma's sandbox with the document, and the window, an iframe
 * with the network. One map for each direction types both ends; pictures travel as bytes.
 *
 * The window decides and asks; main knows the document, does what it is asked, and tells what changes.
 */
import type { Rectangle, Size } from '../shared/geometry.ts';

/** Rows of an affine transform, as Figma writes it. */
export type Transform = readonly [readonly [number, number, number], readonly [number, number, number]];

/** What the plugin was started for: the commands of manifest.json. */
export const COMMANDS = ['fill', 'resize', 'restore', 'server', 'help'] as const;
export type Command = (typeof COMMANDS)[number];

/** What a quick action was given; the rest is as it was last set. */
export interface QuickSettings {
  readonly mode?: 'extend' | 'retarget' | 'reimagine';
  readonly preset?: 'draft' | 'fast' | 'classic' | 'paper';
  readonly scale?: number;
}

/** What Figma has to draw: it has no bytes of its own. */
export type Rendered = 'tile' | 'pattern' | 'gradient' | 'video' | 'vector' | 'text' | 'layer';

/** A picture that can be sent. */
export interface SourceOption {
  /** Tells it from the others while the document stays as it is. */
  readonly id: string;
  /** Of its layer. */
  readonly nodeId: string;
  readonly name: string;
  /**
   * `image`: the fill's own bytes. `original`: those of the fill that a panorama has replaced. `rendered`: what cannot be
   * had but as Figma draws it.
   */
  readonly kind: 'image' | 'original' | 'rendered';
  /** Why it is rendered; null where it is not. */
  readonly rendered: Rendered | null;
  /** Whether the layer shows only a part of the picture: that part is sent unless the whole is asked for. */
  readonly cropped: boolean;
  /** Small, PNG; null where Figma cannot draw it. */
  readonly thumbnail: Uint8Array | null;
  /** The file no longer has the picture's bytes. */
  readonly missing: boolean;
  /** Where the layer lies in a target that holds it, unrotated: in the target's own units. */
  readonly placed: { readonly targetId: string; readonly rectangle: Rectangle } | null;
}

/** A frame, or another layer with fills, that can be filled. */
export interface TargetOption {
  readonly id: string;
  readonly name: string;
  /** As Figma has it, with fractions, unrotated. */
  readonly size: Size;
  /** It or something it lies in is locked. */
  readonly locked: boolean;
  /** The main component's name, where it lies in an instance or is one: its fill is overridden, nothing is inserted. */
  readonly instanceOf: string | null;
  /** What is changed here changes all its instances. */
  readonly isComponent: boolean;
  /** Tiles can be laid into it. */
  readonly takesTiles: boolean;
  /** It holds a panorama of ours. */
  readonly filled: boolean;
  /** The source that is its own: its image fill, or the original of its panorama. */
  readonly ownSource: string | null;
}

/** Why nothing can be made of a selection. */
export type SelectionHint =
  /** Nothing is selected. */
  | 'nothing'
  /** There is a picture but nothing to fill. */
  | 'needs-frame'
  /** There is a frame but no picture. */
  | 'needs-picture'
  /** A group or slice has no fills: select an image in it, or a frame. */
  | 'no-fills';

export interface SelectionReport {
  /** Counts the reports: an answer to an older one is of no use. */
  readonly turn: number;
  /** Likeliest first. */
  readonly sources: readonly SourceOption[];
  /** Likeliest first; where `several`, all of them are filled from one source. */
  readonly targets: readonly TargetOption[];
  readonly several: boolean;
  readonly hint: SelectionHint | null;
}

/** A source's bytes, and how its layer shows them. */
export interface SourceBytes {
  readonly bytes: Uint8Array;
  /** Maps the layer's unit square into the picture's: what is visible. Null where that is the whole. */
  readonly crop: Transform | null;
  /** Degrees, clockwise, a multiple of 90. */
  readonly rotation: number;
  /** Of the layer, unrotated: the proportions of the crop. */
  readonly size: Size;
}

export type SourceAnswer =
  | { readonly ok: true; readonly source: SourceBytes }
  | { readonly ok: false; readonly problem: 'missing' | 'gone' | 'not-rendered'; readonly message: string };

/** A panorama on its way into the document, kept in the document until it is settled. */
export interface PendingFill {
  /** The panorama's id on the server. */
  readonly id: string;
  /** The server's address, never its token. */
  readonly server: string;
  readonly targetId: string;
  /** The target's name when it was sent. */
  readonly name: string;
  /** The target's page, and its place there, for a layer of its own where the target is gone. */
  readonly pageId: string;
  readonly place: Rectangle;
  /** Pixels of the picture for one unit of Figma. */
  readonly scale: number;
  /** Pixels: round(width × scale) × round(height × scale). */
  readonly pixels: Size;
  /** What the panorama is made of. The source option's id tells which of a layer's fills it was; without, the topmost. */
  readonly source: { readonly nodeId: string; readonly name: string; readonly id?: string };
  /** Whether the source's own layer is hidden once the frame is filled. */
  readonly hideSource: boolean;
  /** Whether the draft is laid into the frame at once. */
  readonly applyDraft: boolean;
  /** A locked target was agreed to. */
  readonly unlocked: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** What `begin` is told; main adds the target's page and place. */
export type FillStart = Omit<PendingFill, 'pageId' | 'place' | 'name'>;

/** A picture to be laid into the document. */
export interface FillPicture {
  readonly id: string;
  /** 0 is the draft. */
  readonly variant: number;
  /** One picture, or tiles that together have the panorama's size. */
  readonly parts: readonly { readonly rectangle: Rectangle; readonly bytes: Uint8Array }[];
  /** `layer` lays it on the page as a new layer, also where the target is gone or another size. */
  readonly into: 'target' | 'layer';
  /** What was done, for the relaunch button. */
  readonly description: string;
}

export type FillAnswer =
  | { readonly ok: true; readonly nodeId: string }
  | { readonly ok: false; readonly problem: 'deleted' }
  /** `pixels` is what it would have to be now. */
  | { readonly ok: false; readonly problem: 'resized'; readonly size: Size; readonly pixels: Size }
  | { readonly ok: false; readonly problem: 'locked' }
  /** The bytes are no picture of the size they were announced with. */
  | { readonly ok: false; readonly problem: 'wrong-size'; readonly got: Size | null; readonly expected: Size }
  /** Figma did not take it. */
  | { readonly ok: false; readonly problem: 'refused'; readonly message: string };

export interface RestoreAnswer {
  readonly restored: number;
  /** Frames whose original is not there any more, or that hold no panorama; by name. */
  readonly failed: readonly string[];
}

/** What the window asks of main: each has an answer, or rejects with main's one-line message. */
export interface Requests {
  /** The first message: main answers with why it was started. */
  opened: (_: null) => Opening;
  readSetting: (_: { key: string }) => unknown;
  writeSetting: (_: { key: string; value: unknown }) => null;
  /** Bytes of a source of the last report. */
  readSource: (_: { sourceId: string }) => SourceAnswer;
  /** Keeps the panoramas that are about to be sent, so that a plugin opened again finds them. Null for a target that is gone. */
  begin: (_: { fills: readonly FillStart[] }) => readonly (PendingFill | null)[];
  /** Lays a picture into the document. */
  fill: (_: FillPicture) => FillAnswer;
  /** What was filled is one undo step from here on. */
  settle: (_: { id: string }) => null;
  /** The panorama is no longer waited for. */
  forget: (_: { ids: readonly string[] }) => null;
  /** Gives frames back what they held before; the selected ones where no ids are given. */
  restore: (_: { nodeIds: readonly string[] | null }) => RestoreAnswer;
  /** Selects a layer and brings it into view. Whether it is there. */
  reveal: (_: { nodeId: string }) => boolean;
  /** A toast of at most 100 characters in place of the one before; `cancel` is its button. Empty takes it away. */
  toast: (_: { text: string; error: boolean; stays: boolean; cancel: string | null }) => null;
  /** Shows the window, also one that was started without. */
  showWindow: (_: Size) => null;
  openPage: (_: { url: string }) => null;
  /** Ends the plugin, with a last toast where there is a text. */
  close: (_: { text: string }) => null;
}
export type RequestName = keyof Requests;
export type Question<K extends RequestName> = Parameters<Requests[K]>[0];
export type Answer<K extends RequestName> = ReturnType<Requests[K]>;

/** Why the plugin was started. */
export interface Opening {
  readonly command: Command;
  /** Whether the window can be seen. */
  readonly visible: boolean;
  readonly quick: QuickSettings;
  readonly selection: SelectionReport;
  /** Panoramas that were on their way when the plugin was closed, oldest first. */
  readonly pending: readonly PendingFill[];
}

/** What main tells, unasked. */
export interface Events {
  selection: SelectionReport;
  /** The toast's button was pressed. */
  toastButton: null;
}
export type EventName = keyof Events;

/** From the window to main. */
export type ToMain = {
  [K in RequestName]: {
    readonly type: 'request';
    readonly id: number;
    readonly name: K;
    readonly question: Question<K>;
  };
}[RequestName];

/** From main to the window. */
export type ToWindow =
  | { readonly type: 'answer'; readonly id: number; readonly ok: true; readonly answer: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly ok: false; readonly message: string }
  | { [K in EventName]: { readonly type: 'event'; readonly name: K; readonly event: Events[K] } }[EventName];

/** In Figma's units. */
export const WINDOW_SIZE: Size = { width: 360, height: 640 };

/** The longest toast that Figma shows. */
export const TOAST_CHARACTERS = 100;

export function shortToast(text: string): string {
  return text.length > TOAST_CHARACTERS ? `${text.slice(0, TOAST_CHARACTERS - 1)}…` : text;
}
