import { CHANNELS, type Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';

/** Cells in which the photo is looked at: fine enough for sky and ground, too coarse for trunks. */
const COLUMNS = 12;
const ROWS = 8;
/** Share of rows in what rows and columns explain, from which a photo is bound to its rows, and down to which it is free. */
const BOUND = 0.5;
const FREE = 0.25;

/**
 * How little the photo's rows mean, 0 to 1: 0 for a scene with sky above and ground below, 1 for a slanting
 * composition or one of columns. Compares how much of the colours' variance row means and column means explain.
 */
export async function rowFreedom(photo: Picture): Promise<number> {
  const { data } = await resample(photo, COLUMNS, ROWS);
  let byRows = 0;
  let byColumns = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    const at = (row: number, column: number) => data[(row * COLUMNS + column) * CHANNELS + channel]!;
    byRows += variance(ROWS, (row) => mean(COLUMNS, (column) => at(row, column)));
    byColumns += variance(COLUMNS, (column) => mean(ROWS, (row) => at(row, column)));
  }
  if (byRows + byColumns === 0) return 0;
  const share = byRows / (byRows + byColumns);
  return Math.min(1, Math.max(0, (BOUND - share) / (BOUND - FREE)));
}

function mean(count: number, value: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += value(index);
  return sum / count;
}

function variance(count: number, value: (index: number) => number): number {
  const centre = mean(count, value);
  return mean(count, (index) => (value(index) - centre) ** 2);
}
