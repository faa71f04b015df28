/**
 * How soon the window is there, and how long the plugin's own code holds Figma's thread while the largest picture is laid
 * into a frame. Run by `npm run bench:plugin`; Figma's own part is not measured, for it is a fake here.
 */
import { createHash } from 'node:crypto';
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import sharp from 'sharp';
import { add, buildDocument, createFakeFigma, fakeImage, imageFill } from '../fake-figma/fake-figma.ts';
import { setUpDesktop } from '../figma/desktop.testing.ts';
import { openScene } from '../figma/states.testing.ts';
import { startPlugin } from '../main/start.ts';
import type { FillStart, ToMain, ToWindow } from '../messages.ts';

const OPENINGS = 9;
const SIDE = 4096;

await windowReady();
await applying();

/** From the page's parsing to the first screen, in a browser, the median of several openings. */
async function windowReady(): Promise<void> {
  const bench = await setUpDesktop();
  const scene = await openScene(bench);
  const times: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening++) {
    await scene.desktop.run('fill');
    await scene.desktop.window.locator('.window').waitFor();
    times.push(
      await scene.frame().evaluate(() => {
        const [ready] = performance.getEntriesByName('window-ready');
        const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
        return (ready?.startTime ?? NaN) - (page?.domInteractive ?? NaN);
      }),
    );
  }
  await scene.close();
  await bench.close();
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? NaN;
  print('window ready after ui.html is parsed', `median ${ms(median)}, longest ${ms(times.at(-1) ?? NaN)}`);
}

/** One thread runs main and the fake: what the fake takes for taking the picture is subtracted. */
async function applying(): Promise<void> {
  const picture = await noise();
  const document = await buildDocument((figma) => {
    const photo = imageFill(figma, fakeImage('png', { width: 800, height: 600 }));
    add(figma, 'FRAME', { name: 'Hero', width: SIDE, height: SIDE, fills: [photo] });
  });
  const fake = createFakeFigma({ document, command: 'fill', relaunchCommands: ['resize', 'restore'] });
  let inFigma = 0;
  startPlugin(
    timed(fake.figma, (took) => {
      inFigma += took;
    }),
    '<p>window</p>',
  );
  await fake.user.run();
  const ask = channel(fake);
  const start: FillStart = {
    id: '00000000-0000-4000-8000-000000000001',
    server: 'http://localhost:8787',
    targetId: document.named('Hero'),
    scale: 1,
    pixels: { width: SIDE, height: SIDE },
    source: { nodeId: document.named('Hero'), name: 'Hero' },
    hideSource: true,
    applyDraft: true,
    unlocked: false,
    createdAt: new Date().toISOString(),
  };
  await ask('begin', { fills: [start] });
  const rectangle = { x: 0, y: 0, width: SIDE, height: SIDE };
  inFigma = 0;
  const longest = await longestHold(() =>
    ask('fill', {
      id: start.id,
      variant: 1,
      parts: [{ rectangle, bytes: picture }],
      into: 'target',
      description: 'Extend',
    }),
  );
  const size = `${(picture.length / 2 ** 20).toFixed(0)} MiB`;
  print(
    `own code, ${SIDE}×${SIDE} (${size}) laid into a frame`,
    `at most ${ms(Math.max(0, longest - inFigma))} at a time (${ms(longest)} with the fake, ${ms(inFigma)} in createImage)`,
  );
}

type Ask = (name: ToMain['name'], question: unknown) => Promise<unknown>;

function channel(fake: ReturnType<typeof createFakeFigma>): Ask {
  let lastId = 0;
  const waiting = new Map<number, (message: ToWindow) => void>();
  fake.iframe.onMessage((message) => {
    const answer = message as ToWindow;
    if (answer.type === 'answer') waiting.get(answer.id)?.(answer);
  });
  return (name, question) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, (answer) => {
        if (answer.type !== 'answer') return;
        if (answer.ok) resolve(answer.answer);
        else reject(new Error(answer.message));
      });
      fake.iframe.post({ type: 'request', id, name, question });
    });
}

/** The longest time that the thread was held while `work` was done, from turn to turn of its loop. */
async function longestHold(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let over = false;
  let last = performance.now();
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(turn);
  };
  const done = work();
  // The message's copy is Figma's too.
  last = performance.now();
  setImmediate(turn);
  await done;
  over = true;
  return longest;
}

/** `figma` with the time told that it takes for pictures. */
function timed(figma: PluginAPI, tell: (ms: number) => void): PluginAPI {
  return new Proxy(figma, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key !== 'createImage') return value;
      return (bytes: Uint8Array) => {
        const from = performance.now();
        try {
          return target.createImage(bytes);
        } finally {
          tell(performance.now() - from);
        }
      };
    },
  });
}

/** A picture that no compression makes small. */
async function noise(): Promise<Uint8Array> {
  const data = Buffer.alloc(SIDE * SIDE * 3);
  for (let at = 0; at < data.length; at += 64) {
    createHash('sha512').update(String(at)).digest().copy(data, at);
  }
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  return Uint8Array.from(await sharp(data, { raw }).png({ compressionLevel: 1 }).toBuffer());
}

function ms(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(56)} ${figure}`);
}
