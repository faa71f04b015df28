/** Content-aware scaling (seam carving) by ImageMagick's liquid-rescale, where that is installed. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Size } from '../../../shared/geometry.ts';
import { decodePicture } from '../../images/decode.ts';
import { encodePicture } from '../../images/encode.ts';
import type { Picture } from '../../images/picture.ts';

/** Widens or heightens a picture to a size by leaving out or adding seams. */
export type ContentAware = (picture: Picture, size: Size, signal: AbortSignal) => Promise<Picture>;

/** ImageMagick 7 and 6. */
const COMMANDS = ['magick', 'convert'];
const TIMEOUT_MS = 120_000;

/** Content-aware scaling, or null where there is no ImageMagick that was built with liblqr. */
export async function findContentAware(commands = COMMANDS): Promise<ContentAware | null> {
  for (const command of commands) {
    const told = await promisify(execFile)(command, ['-version'], { timeout: 10_000 }).catch(() => null);
    if (told && /ImageMagick/.test(told.stdout) && /\blqr\b/.test(told.stdout))
      return (picture, size, signal) => rescale(command, picture, size, signal);
  }
  return null;
}

async function rescale(command: string, picture: Picture, size: Size, signal: AbortSignal): Promise<Picture> {
  const child = spawn(command, ['png:-', '-liquid-rescale', `${size.width}x${size.height}!`, 'png:-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
    signal,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // It may end before it has read all; its status tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(await encodePicture(picture, 'png'));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const status = await ended;
  if (status !== 0) throw new Error(`content-aware scaling: ${command} ended with status ${status}`);
  return decodePicture(Buffer.concat(chunks));
}
