import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { add, createFakeFigma, fakeImage, imageFill, loseImage } from './fake-figma.ts';

const BLUE = { type: 'SOLID', color: { r: 0, g: 0, b: 1 } } as const;
const NOTHING = 'Failed to export node. This node may not have any visible layers.';

describe('pictures', () => {
  it('[FAKE20] PNG, JPEG and GIF of at most 4096 pixels a side are taken, the same bytes once', async () => {
    const { figma } = createFakeFigma();
    for (const format of ['png', 'jpeg', 'gif'] as const) {
      const bytes = fakeImage(format, { width: 4096, height: 300 });
      const image = figma.createImage(bytes);
      expect(image.hash).toMatch(/^[0-9a-f]{40}$/);
      expect(figma.createImage(bytes.slice()).hash).toBe(image.hash);
      expect(figma.createImage(fakeImage(format, { width: 4096, height: 300 }, 1)).hash).not.toBe(image.hash);
      expect(await image.getSizeAsync()).toEqual({ width: 4096, height: 300 });
      expect(await figma.getImageByHash(image.hash)?.getBytesAsync()).toEqual(bytes);
      const large = fakeImage(format, { width: 10, height: 4097 });
      expect(() => figma.createImage(large)).toThrow('in createImage: Image is too large');
    }
    const webp = new TextEncoder().encode('RIFF....WEBPVP8 ');
    expect(() => figma.createImage(webp)).toThrow('in createImage: Image type is unsupported');
    await expect(figma.createImageAsync('http://localhost:8080/a.png')).rejects.toThrow(
      'in createImageAsync: ',
    );
  });

  it('[FAKE20] sizes of real files are read', async () => {
    const { figma } = createFakeFigma();
    const picture = sharp({ create: { width: 31, height: 17, channels: 3, background: 'teal' } });
    for (const bytes of [picture.clone().png(), picture.clone().jpeg(), picture.clone().gif()]) {
      const image = figma.createImage(new Uint8Array(await bytes.toBuffer()));
      expect(await image.getSizeAsync()).toEqual({ width: 31, height: 17 });
    }
  });

  it('[FAKE21] a hash that is not known is no picture; a picture that was lost has no bytes', async () => {
    const { figma, document } = createFakeFigma();
    const image = figma.createImage(fakeImage('png', { width: 3, height: 3 }));
    loseImage(document, image.hash);
    expect(figma.getImageByHash('0'.repeat(40))).toBe(null);
    const lost = figma.getImageByHash(image.hash);
    await expect(lost?.getBytesAsync()).rejects.toThrow('in getBytesAsync: ');
    await expect(lost?.getSizeAsync()).rejects.toThrow('in getSizeAsync: ');
  });
});

describe('exports', () => {
  it('[FAKE22] an export is a PNG of the size asked for that shows the layers', async () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { x: 7, width: 100.4, height: 50, fills: [] });
    add(figma, 'RECTANGLE', {
      parent: frame,
      x: 50,
      width: 80,
      height: 25,
      fills: [{ ...BLUE, opacity: 0.5 }],
    });
    const sizes = [
      [undefined, 101, 50],
      [{ type: 'SCALE', value: 2 }, 201, 100],
      [{ type: 'WIDTH', value: 60 }, 60, 30],
      [{ type: 'HEIGHT', value: 25 }, 51, 25],
    ] as const;
    for (const [constraint, width, height] of sizes) {
      const png = await frame.exportAsync({ format: 'PNG', ...(constraint && { constraint }) });
      expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width, height });
    }
    const png = await frame.exportAsync();
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const pixel = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4).subarray(0, 4)];
    expect([pixel(10, 10), pixel(60, 10), pixel(60, 30)]).toEqual([
      [0, 0, 0, 0],
      [0, 0, 255, 128],
      [0, 0, 0, 0],
    ]);
  });

  it('[FAKE23] what is drawn may be more or less than a layer’s own box', async () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { width: 100, height: 100 });
    const cut = add(figma, 'RECTANGLE', { parent: frame, x: 80, width: 50, height: 50 });
    const glow = {
      type: 'DROP_SHADOW',
      color: { ...BLUE.color, a: 1 },
      offset: { x: 0, y: 4 },
      radius: 10,
    } as const;
    const shadowed = add(figma, 'RECTANGLE', {
      width: 20,
      height: 20,
      effects: [{ ...glow, visible: true, blendMode: 'NORMAL' }],
    });
    expect(cut.absoluteRenderBounds).toEqual({ x: 80, y: 0, width: 20, height: 50 });
    expect(shadowed.absoluteRenderBounds).toEqual({ x: -10, y: -6, width: 40, height: 40 });
    const size = async (useAbsoluteBounds: boolean) => {
      const { width, height } = await sharp(
        await cut.exportAsync({ format: 'PNG', useAbsoluteBounds }),
      ).metadata();
      return [width, height];
    };
    expect([await size(false), await size(true)]).toEqual([
      [20, 50],
      [50, 50],
    ]);
    const turned = add(figma, 'RECTANGLE', { width: 40, height: 20, rotation: 90 });
    expect(await sharp(await turned.exportAsync()).metadata()).toMatchObject({ width: 20, height: 40 });
  });

  it('[FAKE24] what cannot be seen is not exported, and the rejection is a bare text', async () => {
    const { figma } = createFakeFigma();
    const hidden = add(figma, 'FRAME', { visible: false });
    const inside = add(figma, 'RECTANGLE', { parent: hidden });
    const bare = add(figma, 'RECTANGLE', { fills: [] });
    for (const node of [hidden, inside, bare, figma.createText()]) {
      await expect(node.exportAsync()).rejects.toBe(NOTHING);
      expect(node.absoluteRenderBounds === null || node.type === 'TEXT').toBe(true);
    }
    await expect(bare.exportAsync({ format: 'TIFF' } as never)).rejects.toThrow('Invalid enum value');
  });

  it('[FAKE24] a slice shows what lies under it', async () => {
    const { figma } = createFakeFigma();
    add(figma, 'RECTANGLE', {
      width: 50,
      height: 50,
      fills: [imageFill(figma, fakeImage('png', { width: 1, height: 1 }))],
    });
    const slice = add(figma, 'SLICE', { width: 20, height: 10 });
    const { channels } = await sharp(await slice.exportAsync()).stats();
    expect(channels[3]?.min).toBe(255);
  });
});
