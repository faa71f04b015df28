import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { newId } from './new-id.ts';

describe('a new id', () => {
  it('[REQ11] is a UUID of version 4, each another', () => {
    const ids = Array.from({ length: 200 }, () => newId());
    for (const id of ids) expect(z.uuidv4().safeParse(id).success).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const ones = { getRandomValues: <T>(bytes: T) => (bytes as Uint8Array).fill(255) as T };
    expect(newId(ones)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});
