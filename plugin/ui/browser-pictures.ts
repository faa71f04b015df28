/** What a browser does with pictures: measures them, hands them out as files. */
import type { Size } from '../../shared/geometry.ts';

/** How long a download may take to begin before its address is let go. */
const DOWNLOAD_MS = 60_000;

/** A picture's size, upright, in pixels; null where the browser cannot show it. Only the file's head is read for that. */
export async function measurePicture(document: Document, picture: Blob): Promise<Size | null> {
  const url = URL.createObjectURL(picture);
  try {
    const image = document.createElement('img');
    return await new Promise((resolve) => {
      image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
      image.onerror = () => resolve(null);
      image.src = url;
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function downloadPicture(document: Document, picture: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(picture);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}
