/** The photo that panoramas are made from. */
import { computed, signal } from '@preact/signals';
import type { Size } from '../../../shared/geometry.ts';
import { HEAD_BYTES, detectFormat, type PictureFormat } from '../../../shared/picture-format.ts';
import type { Host, NamedPhoto } from '../host.ts';
import { problemOfBytes, problemOfSize, type PhotoProblem } from '../photo-file.ts';
import { tiffSize } from '../tiff-size.ts';

export interface Photo extends NamedPhoto {
  readonly format: PictureFormat;
  /** Upright, in pixels. */
  readonly size: Size;
  /** For an image element; null where the browser cannot show it. */
  readonly url: string | null;
}

/** So much of a TIFF is searched for its size; the directory may lie behind the pixels. */
const TIFF_BYTES = 64 * 2 ** 20;

export class PhotoChoice {
  readonly #host: Host;
  readonly #photo = signal<Photo | null>(null);
  readonly #problem = signal<PhotoProblem | null>(null);
  readonly #reading = signal(false);
  /** Counts the files that were chosen: only the last one is taken. */
  #turn = 0;

  readonly photo = computed(() => this.#photo.value);
  /** What was wrong with the last file; the photo before it stays. */
  readonly problem = computed(() => this.#problem.value);
  readonly reading = computed(() => this.#reading.value);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Opens a file and takes it if it can become a panorama. */
  async choose(file: NamedPhoto): Promise<void> {
    const turn = ++this.#turn;
    this.#reading.value = true;
    const read = await this.#read(file.blob).catch((): PhotoProblem => ({ type: 'damaged' }));
    if (turn !== this.#turn) {
      if (!('type' in read) && read.url) URL.revokeObjectURL(read.url);
      return;
    }
    this.#reading.value = false;
    if ('type' in read) {
      this.#problem.value = read;
      return;
    }
    this.#problem.value = null;
    this.#take({ ...file, ...read });
  }

  /** Forgets the photo and what was wrong with the last file. */
  clear(): void {
    this.#turn += 1;
    this.#reading.value = false;
    this.#problem.value = null;
    this.#take(null);
  }

  async #read(blob: Blob): Promise<PhotoProblem | Pick<Photo, 'format' | 'size' | 'url'>> {
    const heavy = problemOfBytes(blob.size);
    if (heavy) return heavy;
    const detected = detectFormat(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
    if (!detected.accepted) return { type: 'foreign', format: detected.format };
    const measured = await this.#host.measure(blob);
    const size =
      measured ??
      (detected.format === 'TIFF' ? tiffSize(await blob.slice(0, TIFF_BYTES).arrayBuffer()) : null);
    if (!size) return { type: 'damaged' };
    const { format } = detected;
    return problemOfSize(size) ?? { format, size, url: measured && URL.createObjectURL(blob) };
  }

  #take(photo: Photo | null): void {
    const before = this.#photo.value?.url;
    this.#photo.value = photo;
    if (before) URL.revokeObjectURL(before);
  }
}
