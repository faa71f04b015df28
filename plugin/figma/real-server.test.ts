import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panoramaListSchema } from '../../shared/protocol.ts';
import { TOKEN, pause, startServer, type TestServer } from '../../server/server.testing.ts';
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

/** Until the newest panorama is being made. */
async function untilItRuns(): Promise<void> {
  for (let look = 0; (await panoramas())[0]?.status !== 'running'; look++) {
    if (look > 1000) throw new Error('it does not run');
    await pause(20);
  }
}

/** Another process of the same address and folder, as after a restart. */
async function restarted(before: TestServer): Promise<TestServer> {
  await before.close();
  return startServer({ PORT: Number(new URL(before.url).port) }, before.folder);
}

/** Scales that were trained for a panorama. */
async function scalesOf(id: string): Promise<number> {
  const events = await (await server.call(`/v1/panoramas/${id}/events`)).text();
  return events.split('event: scale').length - 1;
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

  it('[FIG21] opened again in mid-job after the server was restarted, it goes on and fills the frame', async () => {
    const desktop = await open(['Hero']);
    await select(desktop, ['Hero']);
    await desktop.run('fill');
    await desktop.window.getByRole('button', { name: 'Fill frame' }).click();
    await desktop.until(({ fake }) => fake.figma.root.getPluginData('pending-1').includes('"id"'));
    await untilItRuns();
    await desktop.figma(({ fake }) => fake.user.closePlugin());
    server = await restarted(server);
    await desktop.run('fill');
    await desktop.window.getByText('Filled, 240 × 80 px', { exact: true }).waitFor({ timeout: 120_000 });
    expect((await fillOf(desktop, 'Hero')).size).toEqual({ width: 240, height: 80 });
    await desktop.until(({ fake }) => !fake.figma.root.getPluginData('pending-1').includes('"id"'));
    await desktop.close();
  });

  it('[FIG21] a server that goes away in mid-job is told and waited for', async () => {
    const desktop = await open(['Hero']);
    await select(desktop, ['Hero']);
    await desktop.run('fill');
    await desktop.window.getByRole('button', { name: 'Fill frame' }).click();
    await untilItRuns();
    const { port } = new URL(server.url);
    await server.close();
    const page = desktop.window.getByRole('main');
    await page.getByText('The server does not answer', { exact: true }).waitFor();
    server = await startServer({ PORT: Number(port) }, server.folder);
    await desktop.window.getByText('Filled, 240 × 80 px', { exact: true }).waitFor({ timeout: 120_000 });
    await desktop.close();
  });

  it('[FIG22] beyond 4096 px locked tiles lie behind the content, each with its own pixels', async () => {
    const desktop = await open(['Wide']);
    await desktop.figma(({ fake, library }) => {
      const { figma } = library.createFakeFigma({ document: fake.document });
      const frame = figma.currentPage.findOne(({ name }) => name === 'Wide');
      if (frame?.type !== 'FRAME') throw new Error('there is no frame');
      frame.resize(2100, 90);
      const content = figma.createRectangle();
      content.name = 'Content';
      frame.appendChild(content);
      figma.closePlugin();
    });
    await select(desktop, ['Wide']);
    await desktop.run('fill');
    const { window } = desktop;
    await window.getByRole('radio', { name: 'Draft' }).check();
    await window.getByRole('radio', { name: '2×' }).check();
    await window.getByText('2 locked tiles are laid behind the content, in one group.').waitFor();
    await window.getByRole('button', { name: 'Fill frame' }).click();
    await window.getByText('Filled, 4200 × 180 px', { exact: true }).waitFor({ timeout: 120_000 });
    const frame = await desktop.figma(async ({ fake }) => {
      const { figma } = fake;
      const frame = figma.currentPage.findOne(({ name }) => name === 'Wide');
      if (frame?.type !== 'FRAME') throw new Error('there is no frame');
      const [group] = frame.children;
      if (group?.type !== 'GROUP') throw new Error('there is no group behind the content');
      const tiles = group.children.map(async (tile) => {
        if (tile.type !== 'RECTANGLE' || tile.fills === figma.mixed) throw new Error('a tile is a rectangle');
        const [paint] = tile.fills;
        const hash = paint?.type === 'IMAGE' ? paint.imageHash : null;
        const size = hash === null ? null : await figma.getImageByHash(hash)?.getSizeAsync();
        return { x: tile.x, width: tile.width, size };
      });
      return {
        order: frame.children.map(({ name }) => name),
        locked: group.locked,
        tiles: await Promise.all(tiles),
      };
    });
    expect(frame).toEqual({
      order: ['Panorama', 'Content'],
      locked: true,
      tiles: [
        { x: 0, width: 1050, size: { width: 2100, height: 180 } },
        { x: 1050, width: 1050, size: { width: 2100, height: 180 } },
      ],
    });
    await desktop.close();
  });

  it('[FIG23] several frames are filled from one picture that is trained once', async () => {
    const desktop = await open(['A', 'B', 'C']);
    await desktop.figma(({ fake, library }) => {
      const { figma } = library.createFakeFigma({ document: fake.document });
      figma.currentPage.children.forEach((frame, i) => {
        if (frame.type === 'FRAME') frame.resize(200 + 40 * i, 100);
      });
      figma.closePlugin();
    });
    await select(desktop, ['A', 'B', 'C']);
    await desktop.run('fill');
    const before = (await panoramas()).length;
    const { window } = desktop;
    // Another training than the other tests': nothing of it is stored yet.
    await window.getByText('Advanced').click();
    await window.getByLabel('Learning rate').fill('0.0021');
    await window.getByRole('button', { name: 'Fill 3 frames' }).click();
    for (const width of [200, 240, 280]) {
      await window.getByText(`Filled, ${width} × 100 px`, { exact: true }).waitFor({ timeout: 120_000 });
    }
    for (const [i, name] of ['A', 'B', 'C'].entries()) {
      expect((await fillOf(desktop, name)).size).toEqual({ width: 200 + 40 * i, height: 100 });
    }
    const made = (await panoramas()).slice(0, -before || undefined);
    const trained = await Promise.all(made.map(async ({ id }) => (await scalesOf(id)) > 0));
    expect(trained.filter(Boolean)).toHaveLength(1);
    await desktop.close();
  });

  it('[FIG24] “Resize to frame” works without a window: progress in a toast, then the filled frame', async () => {
    const desktop = await open(['Hero']);
    await select(desktop, ['Hero']);
    await desktop.run('resize', { preset: 'draft', scale: 2 });
    const message = await desktop.until(({ fake }) => fake.closed.closed && fake.closed.message);
    expect(message).toBe('“Hero” is filled, 481 × 161 px.');
    expect((await fillOf(desktop, 'Hero')).size).toEqual({ width: 481, height: 161 });
    const texts = await desktop.figma(({ fake }) => fake.toasts.map(({ text }) => text));
    expect(texts.length).toBeGreaterThan(0);
    await desktop.run('restore');
    await desktop.until(({ fake }) => fake.closed.closed);
    expect((await fillOf(desktop, 'Hero')).size).toEqual(PHOTO);
    await desktop.close();
  });

  it('[FIG29] from nothing to a filled frame: the address is pasted as the server prints it, wrong ones are told', async () => {
    const desktop = await open(['Hero']);
    await desktop.figma(({ fake }) => {
      fake.storage.delete('panorama-converter.address');
      fake.storage.set('panorama-converter.request', { width: 100, height: 100, preset: 'draft' });
    });
    await select(desktop, ['Hero']);
    await desktop.run('fill');
    const { window } = desktop;
    const { port } = new URL(server.url);
    const address = window.getByLabel('Server address');
    await address.fill(`localhost:${port}`);
    await window.getByLabel('Token', { exact: true }).fill('another-token');
    await window.getByRole('button', { name: 'Check and connect' }).click();
    await window.locator('.server-setup .notice.error').waitFor();
    await address.fill(`http://localhost:${port}/#token=${TOKEN}`);
    await window.getByRole('button', { name: 'Check again' }).click();
    await window.getByRole('button', { name: 'Fill frame' }).click();
    await window.getByText('Filled, 240 × 80 px', { exact: true }).waitFor();
    const kept = await desktop.figma(({ fake }) => fake.storage.get('panorama-converter.address'));
    expect(kept).toEqual({ url: `http://localhost:${port}`, token: TOKEN });
    await desktop.close();
  });
});
