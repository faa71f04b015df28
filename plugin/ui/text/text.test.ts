import { describe, expect, it } from 'vitest';
import { ClientError } from '../../../shared/client.ts';
import { Formats } from '../format.ts';
import { FRAMES, frameOfSize } from '../frames.ts';
import { FRAME_SIDE } from '../../../shared/request.ts';
import { tellError, tellServerError } from './errors.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

/** Every text with its path; functions are called with figures. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (...a: unknown[]) => string)(3, 7))]];
  return Object.entries(value as object).flatMap(([key, part]) =>
    texts(part, path === '' ? key : `${path}.${key}`),
  );
}

describe('words', () => {
  it('[UI2] the dictionaries say the same things, each in its language', () => {
    const english = texts(en);
    const korean = texts(ko);
    expect(korean.map(([path]) => path)).toEqual(english.map(([path]) => path));
    for (const [path, text] of [...english, ...korean]) expect(text.trim(), path).not.toBe('');
    const byPath = new Map(english);
    const same = korean.filter(([path, text]) => /[a-z]{4}/i.test(text) && byPath.get(path) === text);
    expect(same.map(([path]) => path)).toEqual(['title', 'size.names.fullHd']);
    for (const [path, text] of english) expect(text, path).not.toMatch(/[\u3131-\ud79d]/);
  });

  it('[UI4] times are as coarse as estimates are, in the unit that suits them', () => {
    const english = new Formats('en');
    const korean = new Formats('ko');
    expect(english.seconds({ low: 1.6, high: 3.2 })).toBe('2–3 sec');
    expect(english.seconds({ low: 24, high: 44 })).toBe('25–45 sec');
    expect(english.seconds({ low: 70, high: 130 })).toBe('1–2 min');
    expect(english.seconds({ low: 7300, high: 14_000 })).toBe('2–4 hr');
    expect(english.seconds({ low: 0.1, high: 0.4 })).toBe('1 sec');
    expect(korean.seconds({ low: 24, high: 44 })).toBe('25~45초');
    expect(korean.seconds({ low: 70, high: 130 })).toBe('1~2분');
  });

  it('[UI4] sizes, weights and moments are written as the language does', () => {
    const english = new Formats('en');
    expect(english.size({ width: 1440, height: 491 })).toBe('1440 × 491');
    expect([300, 280_000, 64 * 2 ** 20, 1.3 * 2 ** 30].map((bytes) => english.bytes(bytes))).toEqual([
      '1 kB',
      '273 kB',
      '64 MB',
      '1.3 GB',
    ]);
    const now = new Date('2026-05-04T12:00:00Z');
    const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    expect(english.ago(before(0.2), now)).toBe('now');
    expect(english.ago(before(12), now)).toBe('12 min. ago');
    expect(english.ago(before(130), now)).toBe('2 hr. ago');
    expect(english.ago(before(60 * 50), now)).toBe('May 2');
    expect(new Formats('ko').ago(before(12), now)).toBe('12분 전');
  });

  it('[UI5] every error is told with what to do about it', () => {
    for (const text of [en, ko]) {
      for (const code of Object.keys(text.errors.what)) {
        const told = tellServerError({ code, message: 'the line of the server' }, text);
        expect(told.what, code).not.toBe('the line of the server');
        expect(told.next.length, code).toBeGreaterThan(5);
        expect(told.detail).toBe('the line of the server');
      }
    }
    expect(tellServerError({ code: 'of-tomorrow', message: 'Something new.' }, en)).toMatchObject({
      what: 'Something new.',
      detail: null,
    });
  });

  it('[UI5] an error of a call is told by its code, one of the server’s by the server’s', () => {
    const away = new ClientError('unreachable', 'http://x: no connection');
    expect(tellError(away, en).what).toBe(en.errors.what.unreachable);
    const server = { code: 'disk-full', message: 'writing the photo: the disk is full' };
    const full = new ClientError('refused', 'x', { status: 507, server });
    expect(tellError(full, en)).toMatchObject({ what: en.errors.what['disk-full'], detail: server.message });
    expect(tellError(new TypeError('a bug'), en).what).toBe(en.errors.what.internal);
  });

  it('[UI12] named frames are of sizes that the server takes, and each size has one name', () => {
    const sizes = FRAMES.map(({ width, height }) => `${width}x${height}`);
    expect(new Set(sizes).size).toBe(sizes.length);
    for (const frame of FRAMES) {
      expect(Math.min(frame.width, frame.height)).toBeGreaterThanOrEqual(FRAME_SIDE.min);
      expect(Math.max(frame.width, frame.height)).toBeLessThanOrEqual(FRAME_SIDE.max);
      expect(frameOfSize(frame)).toBe(frame);
    }
    expect(frameOfSize({ width: 1441, height: 600 })).toBeNull();
  });
});
