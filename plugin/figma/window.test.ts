import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unnamed } from '../web/access.testing.ts';
import { setUpDesktop, type DesktopBench } from './desktop.testing.ts';
import { STATES, openScene, type Scene } from './states.testing.ts';

let bench: DesktopBench;
beforeAll(async () => {
  bench = await setUpDesktop();
});
afterAll(() => bench.close());

async function inScene(
  options: Parameters<typeof openScene>[1],
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  const scene = await openScene(bench, options);
  try {
    await work(scene);
  } finally {
    await scene.close();
  }
}

/** Most of a scene is waiting. */
const LANES = 4;

async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

describe('the window', () => {
  for (const [theme, locale, background] of [
    ['light', 'en-US', 'rgb(255, 255, 255)'],
    ['dark', 'ko-KR', 'rgb(44, 44, 44)'],
  ] as const) {
    it(`[FIG25] in every state nothing scrolls sideways and each control has a name: ${theme}, ${locale}`, async () => {
      const found: string[] = [];
      await atOnce(Object.entries(STATES), async ([name, reach]) => {
        await inScene({ theme, locale }, async (scene) => {
          await reach(scene);
          const frame = scene.frame();
          const seen = await frame.evaluate(() => {
            const wide = [document.documentElement, ...document.querySelectorAll('.window-scroll')];
            return {
              sideways: wide.some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
              background: getComputedStyle(document.documentElement).backgroundColor,
              language: document.documentElement.lang,
            };
          });
          const problems = [
            ...(await unnamed(frame)),
            ...scene.desktop.complaints,
            ...(seen.sideways ? ['scrolls sideways'] : []),
            ...(seen.background === background ? [] : [seen.background]),
            ...(locale.startsWith(seen.language) ? [] : [seen.language]),
          ];
          found.push(...problems.map((problem) => `${name}: ${problem}`));
        });
      });
      expect(found).toEqual([]);
    });
  }

  it('[FIG2] the photo is dragged in the drawing, and the request says where it lies', async () => {
    await inScene({}, async (scene) => {
      await STATES.compose?.(scene);
      const photo = scene.frame().locator('.outline-photo');
      const box = await photo.boundingBox();
      if (!box) throw new Error('there is no photo');
      const { mouse } = scene.desktop.page;
      await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await mouse.down();
      await mouse.move(box.x + box.width / 2 - 300, box.y + box.height / 2, { steps: 4 });
      await mouse.up();
      const id = await scene.fill();
      expect(scene.server.panoramas.get(id)?.request.anchor).toEqual({ x: 0, y: 0.5 });
    });
  });

  it('[FIG8] the variant that is pressed keeps the keys while it is laid into the frame', async () => {
    await inScene({}, async (scene) => {
      await STATES.variants?.(scene);
      const third = scene.frame().locator('.variants .thumb').nth(2);
      await third.focus();
      await scene.desktop.page.keyboard.press('Enter');
      const title = scene.frame().locator('.fill.placed .fill-title');
      await title.filter({ hasText: 'Variant 3 of 4' }).waitFor();
      expect(await third.evaluate((button) => button === document.activeElement)).toBe(true);
    });
  });

  it('[FIG5] pictures travel between the halves as bytes', async () => {
    await inScene({}, async (scene) => {
      await scene.desktop.page.evaluate(() => {
        const sizes: number[] = [];
        Object.assign(window, { sizes });
        window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
          const longest = (value: unknown): number =>
            typeof value === 'string'
              ? value.length
              : typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
                ? Math.max(0, ...Object.values(value).map(longest))
                : 0;
          sizes.push(longest(data));
        });
      });
      await STATES.filled?.(scene);
      const texts = await scene.desktop.page.evaluate(() => (window as unknown as { sizes: number[] }).sizes);
      const parts = await scene.desktop.figma(({ fake }) =>
        fake.iframe.received.map((message) => JSON.stringify(message).slice(0, 40)),
      );
      expect(parts.length).toBeGreaterThan(3);
      // No text is so long that it could be a picture.
      expect(Math.max(...texts)).toBeLessThan(1000);
    });
  });

  it('[FIG26] is one file under 250 kB that loads nothing, and main one under 150 kB of ES2017', async () => {
    const [page, main, names] = await Promise.all([
      readFile(join(bench.folder, 'ui.html')),
      readFile(join(bench.folder, 'main.js')),
      readdir(bench.folder),
    ]);
    expect(page.length).toBeLessThan(250_000);
    expect(main.length).toBeLessThan(150_000);
    expect(names).not.toContain('manifest.json');
    const text = page.toString();
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toMatch(/<link|<img[^>]+src="http|@import|url\(/);
    // What came after ES2017: optional chaining, nullish coalescing, object spread, private fields.
    expect(main.toString()).not.toMatch(/\?\.[a-z_$[(]|\?\?|\{\.\.\.|[;{}]#[a-z]/i);
    await inScene({}, async (scene) => {
      const called: string[] = [];
      scene.desktop.page.on('request', (request) => called.push(request.url()));
      await STATES.compose?.(scene);
      const elsewhere = called.filter(
        (url) =>
          !url.startsWith(scene.server.url) && !url.startsWith(bench.url) && !/^(blob|data|about):/.test(url),
      );
      expect(elsewhere).toEqual([]);
    });
  });
});
