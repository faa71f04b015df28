/** 8-bit sRGB pixels, three channels interleaved, rows from the top. The one picture type between the modules. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
}

export const CHANNELS = 3;

/** A black picture of the given size, in pixels. */
export function createPicture(width: number, height: number): Picture {
  return { width, height, data: new Uint8Array(width * height * CHANNELS) };
}
