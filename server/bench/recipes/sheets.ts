/** The best layouts side by side: a sheet for each photo, recipes downwards, seeds across. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../disk/errors.ts';
import { writeWhole } from '../../disk/write-whole.ts';
import { decodePicture } from '../../images/decode.ts';
import { encodePicture } from '../../images/encode.ts';
import { CHANNELS, createPicture, type Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import type { Task } from './tasks.ts';

const GAP = 4;

/** The file of a task's best layout. */
export function pictureName({ recipe, photo, seed }: Task): string {
  return `${recipe}-${photo.name}-${seed}.png`;
}

export interface Sheet {
  readonly name: string;
  /** From the top. */
  readonly recipes: readonly string[];
}

/** Writes a sheet for each photo of the recipes that have pictures; a run without one stays black. */
export async function writeSheets(folder: string, tasks: readonly Task[]): Promise<Sheet[]> {
  const sheets: Sheet[] = [];
  for (const photo of new Set(tasks.map((task) => task.photo.name))) {
    const own = tasks.filter((task) => task.photo.name === photo);
    const seeds = [...new Set(own.map(({ seed }) => seed))].toSorted((a, b) => a - b);
    const rows: { recipe: string; pictures: (Picture | null)[] }[] = [];
    for (const recipe of new Set(own.map((task) => task.recipe))) {
      const pictures: (Picture | null)[] = [];
      for (const seed of seeds) {
        const task = own.find((each) => each.recipe === recipe && each.seed === seed);
        pictures.push(task ? await readPicture(join(folder, pictureName(task))) : null);
      }
      if (pictures.some((picture) => picture !== null)) rows.push({ recipe, pictures });
    }
    if (rows.length === 0) continue;
    const name = `sheet-${photo}.png`;
    const sheet = await arranged(rows.map(({ pictures }) => pictures));
    await writeWhole(join(folder, name), await encodePicture(sheet, 'png'), 'a sheet');
    sheets.push({ name, recipes: rows.map(({ recipe }) => recipe) });
  }
  return sheets;
}

/** All at the size of the largest. */
async function arranged(rows: readonly (readonly (Picture | null)[])[]): Promise<Picture> {
  const pictures = rows.flat().filter((picture) => picture !== null);
  const width = Math.max(...pictures.map((picture) => picture.width));
  const height = Math.max(...pictures.map((picture) => picture.height));
  const columns = Math.max(...rows.map((row) => row.length));
  const sheet = createPicture(columns * (width + GAP) - GAP, rows.length * (height + GAP) - GAP);
  for (const [row, cells] of rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      if (cell === null) continue;
      lay(await resample(cell, width, height), sheet, column * (width + GAP), row * (height + GAP));
    }
  }
  return sheet;
}

function lay(picture: Picture, sheet: Picture, x: number, y: number): void {
  const length = picture.width * CHANNELS;
  for (let row = 0; row < picture.height; row++) {
    const target = ((y + row) * sheet.width + x) * CHANNELS;
    sheet.data.set(picture.data.subarray(row * length, (row + 1) * length), target);
  }
}

async function readPicture(path: string): Promise<Picture | null> {
  try {
    return await decodePicture(await readFile(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
