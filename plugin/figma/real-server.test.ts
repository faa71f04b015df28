import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panoramaListSchema } from '../../shared/protocol.ts';
import { TOKEN, startServer, type TestServer } from '../../server/server.testing.ts';
import { openDesktop, setUpDesktop, type Desktop, type DesktopBench } from './desktop.testing.ts';

/** Small, so that training takes seconds. */
const PHOTO = { width: 96, height: 64 };

let bench: DesktopBench;
let server: TestServer;
let photo: Buffer;

beforeAll(async () => {
  [bench, server, photo] = await Promise.all([
    setUpDesktop(),
    startServer(),
    readFile(new URL('../../examples/autumn-meadow.jpg', import.meta.url)).then((bytes) =>
      sharp(bytes).resize(PHOTO.width, PHOTO.height).png().toBuffer(),
    ),
  ]);
});
afterAll(async () => {
  await bench.close();
  await server.close();
});

const TRAINING = { epochs: 100, maxSize: 100 };

/** A document with frames whose background is the photo; the settings of a training that takes seconds. */
async function open(
  names: readonly string[],
  options: Parameters<typeof openDesktop>[1] = {},
): Promise<Desktop> {
  const desktop = await openDesktop(bench, { address: { url: server.url, token: TOKEN }, ...options });
  await desktop.figma(
    async ({ fake, library, bytesOf }, { base64, names, training }) => {
      fake.storage.set('panorama-converter.request', { width: 100, height: 100, training });
      const { figma } = library.createFakeFigma({ document: fake.document });
      const bytes = bytesOf(base64);
      names.forEach((name, i) => {
        const frame = figma.createFrame();
        frame.name = name;
        frame.resize(240.4, 80.3);
        frame.x = i * 400;
        frame.fills = [
          { type: 'SOLID', color: { r: 1, g: 1, b: 1 } },
          { type: 'IMAGE', scaleMode: 'FILL', imageHash: figma.createImage(bytes).hash, opacity: 0.9 },
        ];
      });
      figma.closePlugin();
      await Promise.resolve();
    },
    { base64: photo.toString('base64'), names, training: TRAINING },
  );
  return desktop;
}

async function select(desktop: Desktop, names: readonly string[]): Promise<void> {
  await desktop.figma(({ fake }, names) => {
    const page = fake.figma.currentPage;
    fake.user.select(...page.children.filter(({ name }) => names.includes(name)));
  }, names);
}

/** The picture in a frame, and how it lies there. */
function fillOf(desktop: Desktop, name: string) {
  return desktop.figma(async ({ fake, library }, name) => {
    // Read as the user sees it, also when the plugin has ended.
    const { figma } = library.createFakeFigma({ document: fake.document });
    const frame = figma.currentPage.findOne((node) => node.name === name);
    if (frame?.type !== 'FRAME' || frame.fills === figma.mixed) throw new Error('there is no such frame');
    const paint = frame.fills.at(-1);
    if (paint?.type !== 'IMAGE' || paint.imageHash === null) throw new Error('it has no picture');
    const image = figma.getImageByHash(paint.imageHash);
    return { paint, size: (await image?.getSizeAsync()) ?? null, relaunch: frame.getRelaunchData() };
  }, name);
}

async function panoramas() {
  return panoramaListSchema.parse(await (await server.call('/v1/panoramas')).json()).panoramas;
}

describe('the plugin and a real server', () => {
  it('[FIG20] fills the selected frame to the pixel, tells how far it is, and one undo takes it back', async () => {
    const desktop = await open(['Hero']);
    await select(desktop, ['Hero']);
    await desktop.run('fill');
    const { window } = desktop;
    await window.getByText('240 × 80 px').waitFor();
    await window.getByRole('button', { name: 'Fill frame' }).click();
    await window.getByRole('progressbar').first().waitFor();
    await window.getByText('Filled, 240 × 80 px', { exact: true }).waitFor({ timeout: 120_000 });
    const filled = await fillOf(desktop, 'Hero');
    expect(filled.size).toEqual({ width: 240, height: 80 });
    expect(filled.paint).toMatchObject({
      scaleMode: 'CROP',
      opacity: 0.9,
      imageTransform: [
        [1, 0, 0],
        [0, 1, 0],
      ],
    });
    expect(Object.keys(filled.relaunch)).toEqual(['resize', 'restore']);
    await desktop.figma(({ fake }) => fake.user.undo());
    const undone = await fillOf(desktop, 'Hero');
    expect(undone.size).toEqual(PHOTO);
    expect(undone.paint.scaleMode).toBe('FILL');
    expect(undone.relaunch).toEqual({});
    expect(desktop.complaints).toEqual([]);
    await desktop.close();
  });
});
