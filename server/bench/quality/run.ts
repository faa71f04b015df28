/** `npm run quality` from its arguments to its exit status, with everything around it handed in. */
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { checkOutputs, readPhoto, writeWhole } from '../../cli/files.ts';
import { modelsFolder, type Surroundings } from '../../cli/models-folder.ts';
import { EXIT, explain, type ExitStatus } from '../../cli/outcome.ts';
import type { TextOutput } from '../../cli/progress.ts';
import { decodePicture } from '../../images/decode.ts';
import type { Picture } from '../../images/picture.ts';
import { findContentAware } from './content-aware.ts';
import { measure, referencesOf } from './measure.ts';
import { parseOptions, type Options } from './options.ts';
import { report } from './report.ts';
import { markdown, type Result, type Run } from './results.ts';
import { thumbnail } from '../report/thumbnails.ts';
import { fillings, WAYS } from './ways.ts';

export interface QualityIo extends Surroundings {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** The current folder; relative paths start here. */
  readonly folder: string;
  readonly examples: string;
  readonly version: string;
  readonly machine: string;
  readonly signal: AbortSignal;
}

interface Photo {
  readonly name: string;
  readonly file: Uint8Array;
  readonly picture: Picture;
}

/** In a folder of its own, which git ignores. */
const DEFAULT_OUT = 'out/quality.html';

/** Runs it. Never rejects; every failure is told in one line. */
export async function runQuality(argv: readonly string[], io: QualityIo): Promise<ExitStatus> {
  try {
    const options = parseOptions(argv);
    const paths =
      options.photos.length > 0 ? options.photos.map((path) => resolve(io.folder, path)) : await examples(io);
    const photos: Photo[] = [];
    for (const path of paths) photos.push(await load(path));
    const out = resolve(io.folder, options.out ?? DEFAULT_OUT);
    if (options.out === null) await mkdir(dirname(out), { recursive: true });
    for (const path of paths) await checkOutputs([out], path);

    const run = await compare(photos, options, io);
    await writeWhole(out, Buffer.from(report(run)), io.signal);
    io.stdout.write(markdown(run));
    io.stderr.write(`quality: wrote ${out}\n`);
    return EXIT.done;
  } catch (error) {
    const { message, status } = explain(error, io.signal.aborted, []);
    io.stderr.write(`quality: ${message}\n`);
    return status;
  }
}

async function examples({ examples: folder }: QualityIo): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

async function load(path: string): Promise<Photo> {
  const file = await readPhoto(path);
  return { name: basename(path, extname(path)), file, picture: await decodePicture(file) };
}

async function compare(photos: readonly Photo[], options: Options, io: QualityIo): Promise<Run> {
  const contentAware = await findContentAware();
  const notes = [
    ...(contentAware ? [] : ['Content-aware scaling is left out: no ImageMagick with liblqr is installed.']),
    ...(options.classic
      ? []
      : [
          'The enlarged GAN sample is one of the fast preset; with --classic it is the parent project’s training.',
        ]),
  ];
  const results: Result[] = [];
  const pictures = photos.length * options.shapes.length * WAYS.length;
  for (const { name, file, picture: photo } of photos) {
    const referenceAt = referencesOf(photo);
    for (const shape of options.shapes) {
      const say = (what: string): void => void io.stderr.write(`quality: ${name} ${shape.name}: ${what}\n`);
      const filled = await fillings({
        file,
        photo,
        frame: shape.frame,
        classic: options.classic,
        contentAware,
        modelsFolder: modelsFolder(io),
        signal: io.signal,
        onWay: say,
      });
      say('figures');
      for (const filling of filled) {
        io.signal.throwIfAborted();
        const { way, picture, content, seconds, trainSeconds, showing } = filling;
        const figures = await measure(picture, await referenceAt(content), showing);
        const image = await thumbnail(picture, pictures);
        results.push({ photo: name, shape, way, figures, seconds, trainSeconds, image });
      }
    }
  }
  return { results, classic: options.classic, version: io.version, machine: io.machine, notes };
}
