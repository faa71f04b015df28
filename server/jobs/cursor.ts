/** Where a page of the history begins: after a panorama, by its time and id, as an opaque text. */
import * as z from 'zod';
import { RequestError } from '../../shared/errors.ts';
import type { Panorama } from '../../shared/protocol.ts';

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

export function encodeCursor({ createdAt, id }: Pick<Panorama, 'createdAt' | 'id'>): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** @throws RequestError for a text that `encodeCursor` did not make */
export function decodeCursor(text: string): { createdAt: Date; id: string } {
  try {
    const [createdAt, id] = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { createdAt: new Date(createdAt), id };
  } catch {
    throw new RequestError(['cursor: expected the nextCursor of a list, got another text']);
  }
}
