/** The page in a real browser, with a server that stays in each state as long as a test looks at it. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { estimateOf, idOf, panoramaOf, scaleOf, variantOf } from '../ui/panoramas.testing.ts';
import {
  FRAME,
  NARROW,
  choosePhoto,
  fill,
  setUpBench,
  visit,
  type Bench,
  type Visit,
  type VisitOptions,
} from './page.testing.ts';

let bench: Bench;
let visits: Visit[] = [];

beforeAll(async () => {
  bench = await setUpBench();
});

afterAll(() => bench.close());

afterEach(async () => {
  const complaints = visits.flatMap((each) => each.complaints);
  await Promise.all(visits.map((each) => each.close()));
  visits = [];
  expect(complaints).toEqual([]);
});

async function open(options: VisitOptions = {}): Promise<Visit> {
  const opened = await visit(bench, options);
  visits.push(opened);
  return opened;
}

/** With a history. */
async function openFilled(options: VisitOptions = {}): Promise<Visit> {
  const opened = await open({ ...options, prepare: (server) => fill(server, bench.photo.buffer) });
  await opened.page.locator('.history-item').nth(5).waitFor();
  return opened;
}

describe('the page', () => {
  it('[UI33] is one small script, a style sheet and the dictionaries, nothing inline and nothing from elsewhere', async () => {
    const names = await readdir(bench.folder);
    expect(names.filter((name) => /\.(map|ts|tsx)$/.test(name))).toEqual([]);
    const script = await readFile(join(bench.folder, 'app.js'));
    expect(script.length).toBeLessThan(200_000);
    const html = await readFile(join(bench.folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|https?:/);
    const { page } = await open();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!/^(http:\/\/localhost|blob:|data:)/.test(request.url())) foreign.push(request.url());
    });
    await page.reload();
    await page.getByText(/^Ready on/).waitFor();
    expect(foreign).toEqual([]);
  });

  it('[UI28] the token leaves the address, and is known after a reload', async () => {
    const { page, server } = await open();
    await page.getByText(/^Ready on/).waitFor();
    expect(page.url()).toBe(`${server.url}/`);
    await page.reload();
    await page.getByText(/^Ready on/).waitFor();
  });

  it('[UI28] an address with a token that is followed while the page is open is taken too', async () => {
    const { page, server } = await open({ token: 'another' });
    await page.getByLabel('Token', { exact: true }).waitFor();
    await page.evaluate((token) => {
      location.hash = `#token=${token}`;
    }, server.token);
    await page.getByText(/^Ready on/).waitFor();
    expect(page.url()).not.toContain(server.token);
  });

  it('[UI28] a wrong token is told where to find the right one, and the field has the focus', async () => {
    const { page, server } = await open({ token: 'another' });
    const field = page.getByLabel('Token', { exact: true });
    await field.waitFor();
    await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await field.getAttribute('aria-describedby')).toContain('token-where');
    await page.keyboard.type(server.token);
    await page.keyboard.press('Enter');
    await page.getByText(/^Ready on/).waitFor();
    expect(await field.count()).toBe(0);
  });

  it('[UI34] a photo is chosen, pasted or dropped, and a wrong file is told in one line', async () => {
    const { page } = await open();
    await choosePhoto(page, bench);
    await page.getByText('meadow.jpg').waitFor();
    await page.getByText('640 × 426').waitFor();
    const give = (how: 'paste' | 'drop', name: string, bytes: Buffer) =>
      page.evaluate(
        ({ type, fileName, base64 }) => {
          const transfer = new DataTransfer();
          const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          transfer.items.add(new File([data], fileName));
          const options = { bubbles: true, cancelable: true };
          if (type === 'drop') {
            document.body.dispatchEvent(new DragEvent('dragenter', { ...options, dataTransfer: transfer }));
            document.body.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: transfer }));
          } else
            document.body.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: transfer }));
        },
        { type: how, fileName: name, base64: bytes.toString('base64') },
      );
    const other = await sharp(bench.photo.buffer).resize(300, 200).png().toBuffer();
    await give('paste', 'image.png', other);
    await page.getByText('300 × 200').waitFor();
    await page.getByText('Pasted photo').waitFor();
    await give('drop', 'dropped.jpg', bench.photo.buffer);
    await page.getByText('dropped.jpg').waitFor();
    await give('drop', 'notes.pdf', Buffer.from('%PDF-1.7'));
    await page.getByText('PDF files cannot be read. Save it as JPEG or PNG.').first().waitFor();
    expect(await page.locator('.drop-cover').count()).toBe(0);
    await page.getByText('dropped.jpg').waitFor();
  });

  it('[UI35] the photo is moved by pointer and by keys, its place is said in words, and the request has it', async () => {
    const { page, server } = await open();
    await choosePhoto(page, bench);
    const photo = page.locator('.outline-photo');
    const across = page.getByLabel('Horizontal place of the photo');
    const down = page.getByLabel('Vertical place of the photo');
    expect(await across.getAttribute('aria-valuetext')).toBe('in the middle');
    expect(await down.isDisabled()).toBe(true);

    const from = await photo.boundingBox();
    if (!from) throw new Error('expected the photo');
    await page.mouse.move(from.x + 40, from.y + 40);
    await page.mouse.down();
    await page.mouse.move(from.x + 140, from.y + 90, { steps: 5 });
    await page.mouse.up();
    const to = await photo.boundingBox();
    expect(Math.abs((to?.x ?? 0) - from.x - 100)).toBeLessThan(1.5);
    expect(to?.y).toBe(from.y);

    await page.mouse.move(from.x + 240, from.y + 40);
    await page.mouse.down();
    await page.mouse.move(from.x - 2000, from.y, { steps: 3 });
    await page.mouse.up();
    expect(await across.getAttribute('aria-valuetext')).toBe('at the left edge');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await across.getAttribute('aria-valuetext')).toBe('11% from the left');
    await page.getByRole('button', { name: 'To the right' }).click();
    await page.getByLabel('Photo size in the frame').focus();
    await page.keyboard.press('End');
    expect(await page.getByLabel('Photo size in the frame').getAttribute('aria-valuetext')).toBe(
      'Fills the frame',
    );
    expect(await down.isDisabled()).toBe(false);

    await page.getByRole('button', { name: 'Make panorama' }).click();
    await page.locator('#job-title').waitFor();
    const made = [...server.panoramas.values()][0]?.request;
    expect(made).toMatchObject({ anchor: { x: 1, y: 0.5 }, width: 1440, height: 600 });
    expect(made?.zoom).toBeCloseTo((1440 / 600) * (426 / 640), 3);
  });

  it('[UI15] times of all presets, enlargement and lack of memory are told before anything is sent', async () => {
    const { page } = await open({
      prepare: (server) => {
        server.estimateFor = ({ request }) =>
          estimateOf({
            upscaled: 2.14,
            memoryBytes: request.preset === 'paper' ? 9e9 : 1e9,
            ...(request.preset === 'paper' && { seconds: { low: 7300, high: 14_000 } }),
          });
      },
    });
    await choosePhoto(page, bench);
    await page.getByText('2–4 hr').waitFor();
    await page
      .getByText('The photo is enlarged 2.1 times; a larger photo gives a sharper picture.')
      .waitFor();
    await page.getByRole('radio', { name: /^Paper/ }).check({ force: true });
    await page.getByText(/^This needs 8.4 GB of memory and the server has 5.6 GB/).waitFor();
  });

  it('[UI20] from queue to result: place, phases, draft, layouts, variants, each said once', async () => {
    const { page, server } = await open();
    await choosePhoto(page, bench);
    await page.getByRole('button', { name: 'Make panorama' }).click();
    const title = page.locator('#job-title');
    await title.getByText('Waiting').waitFor();
    await expect.poll(() => title.evaluate((heading) => heading === document.activeElement)).toBe(true);
    const panorama = [...server.panoramas.values()][0];
    if (!panorama) throw new Error('expected a panorama');
    const { id } = panorama;
    const spoken = page.locator('[role=status]').first();

    const running = {
      ...panorama,
      status: 'running' as const,
      queuePosition: null,
      startedAt: panorama.createdAt,
    };
    server.change({ ...running, phase: 'decode', remaining: { low: 22, high: 41 } });
    await title.getByText('Opening the photo').waitFor();
    await page.getByText('about 20–40 sec left').waitFor();
    const picture = await sharp(bench.photo.buffer)
      .resize(FRAME.width, FRAME.height, { fit: 'fill' })
      .png()
      .toBuffer();
    for (const n of [0, 1, 2]) server.pictures.set(`${id}/${n}`, picture);
    const draft = variantOf(id, 0, FRAME.width, FRAME.height);
    const training = { ...running, phase: 'train' as const, variants: [draft] };
    server.change({ ...training, progress: { fraction: 0.3, scale: 2, scales: 3 } });
    await page.getByRole('img', { name: 'Draft of the panorama, 1440 × 600' }).waitFor();
    await expect.poll(() => spoken.textContent()).toBe('Learning the photo. Scale 2 of 3');
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('30');
    server.scale(id, scaleOf(1, 3));
    await page.getByRole('radio', { name: 'Layout 1' }).check({ force: true });
    await page.getByRole('img', { name: 'Layout after scale 1' }).waitFor();

    const variants = [0, 1, 2].map((n) => variantOf(id, n, FRAME.width, FRAME.height));
    server.change({ ...running, status: 'succeeded', phase: 'encode', variants, remaining: null });
    await title.getByText('Done').waitFor();
    await page.getByRole('img', { name: 'Panorama, 1440 × 600' }).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await page.keyboard.press('2');
    expect(await page.getByRole('radio', { name: 'Variant 2' }).isChecked()).toBe(true);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('0');
    expect(await page.getByRole('radio', { name: 'Draft' }).isChecked()).toBe(true);
  });

  it('[UI17] a reload in mid-upload says so and keeps the settings; one in mid-job goes on', async () => {
    let release = (): void => undefined;
    const { page, server } = await open();
    server.uploadGate = new Promise((resolve) => {
      release = resolve;
    });
    await choosePhoto(page, bench);
    await page.getByLabel('Width', { exact: true }).fill('1234');
    await page.getByRole('button', { name: 'Make panorama' }).click();
    await page.getByText('Sending the photo…').first().waitFor();
    await page.reload();
    await page.getByText('The page was reloaded before the photo had arrived').first().waitFor();
    expect(await page.getByLabel('Width', { exact: true }).inputValue()).toBe('1234');
    release();

    await choosePhoto(page, bench);
    await page.getByRole('button', { name: 'Make panorama' }).click();
    await page.locator('#job-title').getByText('Waiting').waitFor();
    await page.reload();
    await page.locator('#job-title').getByText('Waiting').waitFor();
    expect(page.url()).toContain('#id=');
  });

  it('[UI36] the result is compared with the photo, and looked at pixel by pixel', async () => {
    const { page } = await openFilled();
    await page.locator('.history-item').nth(3).click();
    await page.getByRole('radio', { name: 'Compare' }).check({ force: true });
    const border = page.getByLabel('Border between photo and result');
    await border.focus();
    await page.keyboard.press('ArrowRight');
    expect(await border.getAttribute('aria-valuetext')).toBe('51% of the width shows the photo alone');
    const box = await page.locator('.comparison').boundingBox();
    if (!box) throw new Error('expected the comparison');
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    expect(Number(await border.inputValue())).toBeCloseTo(0.25, 1);
    const placed = await page.locator('.comparison .placed').boundingBox();
    expect((placed?.height ?? 0) / box.height).toBeCloseTo(1, 2);
    expect((placed?.width ?? 0) / box.width).toBeCloseTo((600 * 640) / 426 / 1440, 2);

    await page.getByRole('radio', { name: '100 %' }).check({ force: true });
    const view = page.getByRole('region', { name: /full size/ });
    expect((await view.locator('img').boundingBox())?.width).toBe(1440);
    const before = await view.evaluate((element) => element.scrollLeft);
    await view.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => view.evaluate((element) => element.scrollLeft)).toBeGreaterThan(before);
  });

  it('[UI22] the history opens panoramas, the browser’s way back closes them, and those at work go on', async () => {
    const { page, server } = await openFilled();
    await page.locator('.history-item').nth(3).click();
    await page.locator('#job-title').getByText('Done').waitFor();
    expect(page.url()).toContain(idOf(3));
    await page.goBack();
    await page.getByRole('heading', { name: 'Drop a photo here' }).waitFor();
    await page.goForward();
    await page.locator('#job-title').getByText('Done').waitFor();
    const atWork = page.locator('.history-item').nth(2);
    expect(await atWork.getAttribute('aria-label')).toContain('in progress, 43%');
    const panorama = server.panoramas.get(idOf(2));
    if (panorama) server.change({ ...panorama, progress: { fraction: 0.9, scale: 7, scales: 7 } });
    await expect.poll(() => atWork.getAttribute('aria-label'), { timeout: 10_000 }).toContain('90%');
  });

  it('[UI26] older panoramas are loaded on request', async () => {
    const { page } = await open({
      prepare: (server) => {
        for (let n = 1; n <= 30; n++) {
          const createdAt = new Date(Date.UTC(2026, 1, n)).toISOString();
          server.panoramas.set(idOf(n), panoramaOf({ id: idOf(n), status: 'succeeded', createdAt }));
        }
      },
    });
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => page.locator('.history-item').count()).toBe(31);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('[UI23] cancel and delete: the one at once, the other after a question', async () => {
    const { page, server } = await openFilled();
    await page.locator('.history-item').nth(2).click();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.locator('#job-title').getByText('Canceled').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Delete this panorama and its files?').waitFor();
    await page.getByRole('button', { name: 'Keep' }).click();
    expect(server.panoramas.has(idOf(2))).toBe(true);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.locator('.question').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Drop a photo here' }).waitFor();
    expect(server.panoramas.has(idOf(2))).toBe(false);
    expect(await page.locator('.history-item').count()).toBe(5);
  });

  it('[UI5] a failure says what happened and what to do, and a refused upload can be sent again', async () => {
    const { page, server } = await openFilled();
    await page.locator('.history-item').nth(4).click();
    await page.getByText('The server ran out of memory.').first().waitFor();
    await page.getByText('Choose a smaller frame, a smaller training size or a quicker preset.').waitFor();
    await page.getByText('painting: the system refused 812 MB').first().waitFor();
    await page.getByRole('button', { name: 'New panorama' }).click();
    await choosePhoto(page, bench);
    const made = server.onPut;
    server.onPut = () => ({ status: 507, code: 'disk-full', message: 'writing the photo: the disk is full' });
    await page.getByRole('button', { name: 'Make panorama' }).click();
    await page.getByText('Free some space on the server’s disk, then try again.').waitFor();
    server.onPut = made;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('#job-title').getByText('Waiting').waitFor();
    expect(new Set(server.puts).size).toBe(1);
  });

  it('[UI29] a server that goes away is told, and found again without a reload', async () => {
    const { page, server } = await openFilled();
    await page.locator('.history-item').nth(2).click();
    await page.locator('#job-title').getByText('Learning the photo').waitFor();
    await server.close();
    await page.getByRole('banner').getByText('The server does not answer').waitFor({ timeout: 30_000 });
    await server.open();
    await page.getByText(/^Ready on/).waitFor();
    const panorama = server.panoramas.get(idOf(2));
    await expect
      .poll(
        () => {
          if (panorama) server.change({ ...panorama, phase: 'paint' });
          return page.locator('#job-title').textContent();
        },
        { timeout: 20_000 },
      )
      .toBe('Painting');
  });

  it('[UI3] language and appearance change at once and are kept', async () => {
    const { page } = await open({ locale: 'ko-KR', colorScheme: 'dark' });
    await page.getByRole('heading', { name: '사진을 여기에 놓으세요' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Drop a photo here' }).waitFor();
    await page.getByRole('button', { name: /^Appearance/ }).click();
    await expect.poll(ground).not.toBe(dark);
    await page.reload();
    await page.getByRole('heading', { name: 'Drop a photo here' }).waitFor();
    await expect.poll(ground).not.toBe(dark);
  });

  it('[UI35] fingers move the photo on a narrow page', async () => {
    const { page } = await open({ viewport: NARROW, hasTouch: true });
    await choosePhoto(page, bench);
    const photo = page.locator('.outline-photo');
    const from = await photo.boundingBox();
    if (!from) throw new Error('expected the photo');
    const touch = await page.context().newCDPSession(page);
    const at = (x: number) => [{ x, y: from.y + 20 }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from.x + 50) });
    for (const x of [60, 70, 80]) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(from.x + x) });
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(async () => Math.round(((await photo.boundingBox())?.x ?? 0) - from.x)).toBe(30);
  });
});
