import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { describeOnEach, type OpenedDatabase } from '../database/opened.testing.ts';
import { estimate } from './estimate.ts';
import { Paces } from './paces.ts';

/** A job whose training took so many times its plan. */
const training = (times: number, planned = 10) => ({
  phases: { train: { seconds: times * planned, planned } },
  modelFound: false,
});

describeOnEach('the pace of a machine', (openNew) => {
  let opened: OpenedDatabase;

  beforeAll(async () => {
    opened = await openNew();
  });

  afterAll(() => opened.close());

  it('[JOB21] is the median of its last jobs, whatever pace they were planned at', async () => {
    const paces = await Paces.load(opened.database);
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
    expect((await Paces.load(opened.database)).pace).toEqual({ train: 2 });
    for (let n = 0; n < 20; n++) await paces.add(training(3 / (paces.pace.train ?? 1)));
    expect(paces.pace.train).toBeCloseTo(3);
  });
});

describe('estimates', () => {
  it('[JOB21] follow the pace of the machine', () => {
    const image = { width: 1600, height: 1200 };
    const request = requireRequest({ width: 1440, height: 491 });
    const usual = estimate(image, request, {}, 0);
    const slow = estimate(image, request, { train: 3 }, 0);
    expect(slow.seconds.low).toBeGreaterThan(1.8 * usual.seconds.low);
    expect(slow.draftSeconds).toEqual(usual.draftSeconds);
  });
});
