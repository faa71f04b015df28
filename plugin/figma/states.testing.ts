/** The window in every state that a user may see, with a server that holds still. */
import { readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import type { Panorama } from '../../shared/protocol.ts';
import { panoramaOf, variantOf } from '../ui/panoramas.testing.ts';
import { FakeServer } from '../web/fake-server.testing.ts';
import { openDesktop, type Desktop, type DesktopBench, type DesktopOptions } from './desktop.testing.ts';

export interface Scene {
  readonly desktop: Desktop;
  readonly server: FakeServer;
  /** The window's own frame. */
  frame(): Frame;
  /** Presses "Fill frame" and gives the panorama's id. */
  fill(): Promise<string>;
  /** Changes the panorama on the server. */
  change(id: string, changes: Partial<Panorama>, variants?: readonly number[]): void;
  close(): Promise<void>;
}

const FRAME = { width: 1440, height: 491 };

interface ScenePictures {
  readonly photo: Buffer;
  /** By variant. */
  readonly results: readonly Buffer[];
  readonly small: Buffer;
}

let made: Promise<ScenePictures> | null = null;

/** Made once: they are the same in every scene. */
function pictures(): Promise<ScenePictures> {
  made ??= (async () => {
    const bytes = await readFile(new URL('../../examples/autumn-meadow.jpg', import.meta.url));
    const result = await sharp(bytes).resize(FRAME.width, FRAME.height, { fit: 'cover' }).jpeg().toBuffer();
    const varied = [0, 1, 2, 3, 4].map((n) =>
      sharp(result)
        .modulate({ hue: 12 * n })
        .png({ compressionLevel: 1 })
        .toBuffer(),
    );
    return {
      photo: await sharp(bytes).resize(960, 639).jpeg().toBuffer(),
      results: await Promise.all(varied),
      small: await sharp(result).resize(160).jpeg().toBuffer(),
    };
  })();
  return made;
}

/** A document with a frame "Hero" over a photo, and what the states need beside it; Hero is selected. */
export async function openScene(
  bench: DesktopBench,
  options: DesktopOptions & { readonly known?: boolean } = {},
): Promise<Scene> {
  const { known = true, ...rest } = options;
  const server = new FakeServer(bench.folder);
  await server.open();
  const { photo, results, small } = await pictures();
  const address = { url: server.url, token: server.token };
  const desktop = await openDesktop(bench, { ...rest, ...(known && { address }) });
  await desktop.figma(
    async ({ fake, library, bytesOf }, { base64, frame }) => {
      const { figma } = library.createFakeFigma({ document: fake.document });
      const { hash } = figma.createImage(bytesOf(base64));
      const image = { type: 'IMAGE', scaleMode: 'FILL', imageHash: hash } as const;
      const add = (name: string, width: number, height: number, x: number) => {
        const made = figma.createFrame();
        Object.assign(made, { name, x, fills: [image] });
        made.resize(width, height);
        return made;
      };
      add('Hero', frame.width, frame.height, 0);
      add('Phone', 390, 844, 2000);
      add('Poster, a frame with a rather long name', 2800, 1200, 4000);
      const empty = add('Empty', 600, 300, 8000);
      empty.fills = [];
      const cropped = add('Cropped', 800, 300, 9000);
      cropped.fills = [
        {
          ...image,
          scaleMode: 'CROP',
          imageTransform: [
            [0.5, 0, 0.25],
            [0, 0.4, 0.3],
          ],
        },
      ];
      const locked = add('Locked', 800, 300, 10_000);
      locked.locked = true;
      const component = figma.createComponent();
      Object.assign(component, { name: 'Card', x: 11_000, fills: [image] });
      component.resize(640, 200);
      figma.closePlugin();
      await Promise.resolve();
    },
    { base64: photo.toString('base64'), frame: FRAME },
  );
  const scene: Scene = {
    desktop,
    server,
    frame() {
      const frame = desktop.page.frames().find((each) => each.parentFrame());
      if (!frame) throw new Error('the window is not open');
      return frame;
    },
    async fill() {
      const put = server.puts.length;
      await desktop.window
        .getByRole('button', { name: /^Fill|채우기$/ })
        .last()
        .click();
      for (let look = 0; server.puts.length === put; look++) {
        if (look > 500) throw new Error('nothing was sent');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return server.puts.at(-1) ?? '';
    },
    change(id, changes, variants = []) {
      const before = server.panoramas.get(id) ?? panoramaOf({ id });
      for (const n of variants) server.pictures.set(`${id}/${n}`, results[n] ?? Buffer.alloc(0));
      const { width, height } = before.request;
      server.change({
        ...before,
        queuePosition: null,
        startedAt: before.startedAt ?? before.createdAt,
        preview: variants.length > 0 ? `data:image/jpeg;base64,${small.toString('base64')}` : null,
        variants: variants.map((n) => variantOf(id, n, width, height)),
        ...changes,
      });
    },
    async close() {
      await desktop.close();
      await server.close();
    },
  };
  await selectFrames(scene, ['Hero']);
  return scene;
}

export async function selectFrames({ desktop }: Scene, names: readonly string[]): Promise<void> {
  await desktop.figma(({ fake }, names) => {
    const { figma } = fake;
    const layers = figma.currentPage.children.filter(({ name }) => names.includes(name));
    fake.user.select(...layers);
  }, names);
}

/** Each brings the window into a state and waits until it is there. */
export const STATES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async nothing(scene) {
    await selectFrames(scene, []);
    await opened(scene, 'fill', '.hint');
  },
  async 'needs picture'(scene) {
    await selectFrames(scene, ['Empty']);
    await opened(scene, 'fill', '.hint');
  },
  async compose(scene) {
    await opened(scene, 'fill', '.estimate strong');
  },
  async 'settings below'(scene) {
    await opened(scene, 'fill', '.estimate strong');
    await scene.frame().locator('.advanced summary').click();
    await scene.frame().locator('.advanced').scrollIntoViewIfNeeded();
  },
  async cropped(scene) {
    await selectFrames(scene, ['Cropped']);
    await opened(scene, 'fill', '.estimate strong');
  },
  async 'several frames'(scene) {
    await selectFrames(scene, ['Hero', 'Phone', 'Poster, a frame with a rather long name', 'Card']);
    await opened(scene, 'fill', '.estimate strong');
  },
  async locked(scene) {
    await selectFrames(scene, ['Locked']);
    await opened(scene, 'fill', '.notice.warning');
  },
  async tiles(scene) {
    await selectFrames(scene, ['Poster, a frame with a rather long name']);
    await opened(scene, 'fill', '.estimate strong');
    await scene.frame().getByRole('radio', { name: '2×' }).check();
    await scene.frame().locator('.options').scrollIntoViewIfNeeded();
  },
  async sending(scene) {
    await opened(scene, 'fill', '.estimate strong');
    scene.server.uploadGate = new Promise(() => undefined);
    await scene.frame().locator('.panel-foot .primary').click();
    await scene.frame().locator('.fill.sending').waitFor();
  },
  async queued(scene) {
    await opened(scene, 'fill', '.estimate strong');
    await scene.fill();
    await scene.frame().locator('.fill.working').waitFor();
  },
  async working(scene) {
    await opened(scene, 'fill', '.estimate strong');
    const id = await scene.fill();
    const progress = { fraction: 0.42, scale: 3, scales: 7 };
    scene.change(id, { status: 'running', phase: 'train', progress }, [0]);
    await scene.frame().locator('.fill .bar').waitFor();
    await scene.desktop.until(({ fake }) => fake.document.images.size > 1);
  },
  async variants(scene) {
    await opened(scene, 'fill', '.estimate strong');
    await scene.frame().getByRole('radio', { name: '4', exact: true }).check();
    await ended(scene, 'succeeded', [0, 1, 2, 3, 4]);
    await scene.frame().locator('.variants .thumb img').nth(3).waitFor();
  },
  async filled(scene) {
    await opened(scene, 'fill', '.estimate strong');
    await ended(scene, 'succeeded', [0, 1]);
    await scene.frame().locator('.fill.placed').waitFor();
  },
  async resized(scene) {
    await opened(scene, 'fill', '.estimate strong');
    const id = await scene.fill();
    await scene.desktop.figma(({ fake }) => {
      const hero = fake.figma.currentPage.findOne(({ name }) => name === 'Hero');
      fake.user.resize(hero?.id ?? '', 1600, 400);
    });
    scene.change(id, { status: 'succeeded' }, [1]);
    await scene.frame().locator('.fill.obstructed').waitFor();
  },
  async failed(scene) {
    await opened(scene, 'fill', '.estimate strong');
    const id = await scene.fill();
    const error = {
      code: 'out-of-memory',
      message: 'paint: expected 2.1 GB, got 0.6 GB',
      kind: 'machine',
    } as const;
    scene.change(id, { status: 'failed', error });
    await scene.frame().locator('.fill.failed').waitFor();
  },
  async 'server away'(scene) {
    await opened(scene, 'fill', '.estimate strong');
    const id = await scene.fill();
    scene.change(id, { status: 'running', phase: 'paint' });
    await scene.server.close();
    await scene.frame().locator('.window-notices .notice').waitFor();
  },
  async 'wrong token'(scene) {
    scene.server.token = 'another';
    await opened(scene, 'fill', '.window-notices .notice');
  },
  async 'filled before'(scene) {
    await opened(scene, 'fill', '.estimate strong');
    await ended(scene, 'succeeded', [0, 1]);
    await scene.frame().locator('.fill.placed').waitFor();
    await scene.frame().locator('.tab').first().click();
    await selectFrames(scene, ['Phone']);
    await selectFrames(scene, ['Hero']);
    await scene.frame().locator('.restore-line').waitFor();
  },
  async server(scene) {
    await opened(scene, 'server', '.server-setup');
  },
  async 'server refused'(scene) {
    await opened(scene, 'server', '.server-setup');
    await scene.frame().locator('.server-setup input').first().fill('localhost:9');
    await scene.frame().locator('.server-setup .button.primary').click();
    await scene.frame().locator('.server-setup .notice').waitFor();
  },
  async help(scene) {
    await opened(scene, 'help', '.steps');
  },
};

async function opened({ desktop }: Scene, command: string, selector: string): Promise<void> {
  await desktop.run(command);
  await desktop.window.locator(selector).first().waitFor();
}

async function ended(scene: Scene, status: Panorama['status'], variants: readonly number[]): Promise<void> {
  const id = await scene.fill();
  scene.change(id, { status, endedAt: new Date().toISOString() }, variants);
}
