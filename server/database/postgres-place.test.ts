import { describe, expect, it } from 'vitest';
import { DatabaseError } from './errors.ts';
import { placeOf } from './postgres-place.ts';

/** What the error says in all that a log could hold of it. */
function problemOf(url: string): string {
  try {
    placeOf(url);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    expect(error.cause).toBe(undefined);
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('expected an error, got none');
}

describe('DATABASE_URL', () => {
  it.each([
    ['postgres://me:secret@db.example:6543/panorama', 'db.example:6543/panorama'],
    ['postgresql://me:se%40cret%2F@db.example/panorama?sslmode=require', 'db.example:5432/panorama'],
    ['postgres://me:secret@[::1]:5433/a', '::1:5433/a'],
    ['postgres://me:secret@/panorama?host=/run/postgresql', '/run/postgresql:5432/panorama'],
  ])('[DATA8] %s is told as %s', (url, name) => {
    expect(placeOf(url)).toMatchObject({ name, user: 'me' });
  });

  it.each([
    'mysql://me:secret@db.example/panorama',
    'secret',
    '',
    'postgres://me:se/cret@db.example/panorama',
    'postgres://me:12?secret@db.example/panorama',
    'postgres://me:12#secret@db.example/panorama',
    'postgres://me:secret@db.example:port/panorama',
    'postgres://me:secret@db.example/panorama?sslrootcert=/no/such/file',
    'postgres://me:secret@db.example/panorama?sslmode=verify-ca',
  ])('[DATA8] %s is refused in one line that holds no password', (url) => {
    const problem = problemOf(url);
    expect(problem).toMatch(/^DATABASE_URL: /);
    expect(problem).not.toMatch(/secret|cret@|12/);
  });

  it('[DATA8] says which option names no file, and which one is missing', () => {
    const url = 'postgres://me:secret@db.example/panorama';
    expect(problemOf(`${url}?sslrootcert=/no/such/file`)).toContain('/no/such/file');
    expect(problemOf(`${url}?sslmode=verify-ca`)).toContain('sslrootcert=FILE');
  });
});
