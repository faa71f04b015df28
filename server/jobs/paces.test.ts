import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { newDataFolder, PROGRAMS, removeFolder } from '../server.testing.ts';
import type { Database } from '../database/database.ts';
import { openEmbedded } from '../database/embedded.ts';
import { estimate } from './estimate.ts';
import { Paces } from './paces.ts';

let folder: string;
let database: Database;

beforeAll(async () => {
  folder = await newDataFolder();
  const maker = new URL('database-maker.js', PROGRAMS);
  database = await openEmbedded({ folder: join(folder, 'database'), maker });
});

afterAll(async () => {
  await database.close();
  await removeFolder(folder);
});

/** A job whose training took so many times its plan. */
const training = (times: number, planned = 10) => ({
  phases: { train: { seconds: times * planned, planned } },
  modelFound: false,
});

describe('the pace of a machine', () => {
  it('[JOB21] is the median of its last jobs, whatever pace they were planned at', async () => {
    const paces = await Paces.load(database);
    expect(paces.pace).toEqual({});
    await paces.add(training(2));
    expect(paces.pace.train).toBe(2);
    // Planned at twice the time already, and it took that.
    await paces.add(training(1));
    expect(paces.pace.train).toBe(2);
    await paces.add(training(5));
    expect(paces.pace.train).toBe(2);
    // A model that was found says nothing of training.
    await paces.add(training(100, 0));
    expect((await Paces.load(database)).pace).toEqual({ train: 2 });
    for (let n = 0; n < 20; n++) await paces.add(training(3 / (paces.pace.train ?? 1)));
    expect(paces.pace.train).toBeCloseTo(3);
  });

  it('[JOB21] is what estimates follow', () => {
    const image = { width: 1600, height: 1200 };
    const request = requireRequest({ width: 1440, height: 491 });
    const usual = estimate(image, request, {}, 0);
    const slow = estimate(image, request, { train: 3 }, 0);
    expect(slow.seconds.low).toBeGreaterThan(1.8 * usual.seconds.low);
    expect(slow.draftSeconds).toEqual(usual.draftSeconds);
  });
});
