import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../messages.ts';
import { buildPlugin, originOf } from '../build-figma.mjs';

const ROOT = new URL('../../', import.meta.url);

interface MenuItem {
  readonly name?: string;
  readonly command?: string;
  readonly separator?: boolean;
  readonly parameters?: readonly {
    readonly key: string;
    readonly name: string;
    readonly optional?: boolean;
  }[];
}

interface Manifest {
  readonly main: string;
  readonly ui: string;
  readonly menu: readonly MenuItem[];
  readonly relaunchButtons: readonly { readonly command: string; readonly multipleSelection: boolean }[];
  readonly networkAccess: { readonly allowedDomains: readonly string[]; readonly reasoning: string };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-plugin-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function manifestIn(path: string | URL): Promise<Manifest> {
  return JSON.parse(await readFile(path, 'utf8')) as Manifest;
}

/** Every field that Figma's documentation of the manifest names, as of version 1, update 125. */
const FIELDS = new Set(
  `name id api main ui editorType documentAccess networkAccess permissions menu relaunchButtons parameters parameterOnly
  capabilities codegenLanguages codegenPreferences enablePrivatePluginApi enableProposedApi build`.split(
    /\s+/,
  ),
);
const ITEM_FIELDS = new Set(['name', 'command', 'menu', 'separator', 'parameters', 'parameterOnly']);
const PARAMETER_FIELDS = new Set(['name', 'key', 'description', 'allowFreeform', 'optional']);

const unknownIn = (value: object, known: ReadonlySet<string>) =>
  Object.keys(value).filter((key) => !known.has(key));

describe('the manifest', () => {
  it('[FIG27] has only fields that Figma knows, with their values', async () => {
    const manifest = await manifestIn(new URL('manifest.json', ROOT));
    expect(unknownIn(manifest, FIELDS)).toEqual([]);
    for (const item of manifest.menu) {
      expect(unknownIn(item, ITEM_FIELDS)).toEqual([]);
      for (const parameter of item.parameters ?? [])
        expect(unknownIn(parameter, PARAMETER_FIELDS)).toEqual([]);
    }
    expect(manifest).toMatchObject({
      api: '1.0.0',
      editorType: ['figma'],
      documentAccess: 'dynamic-page',
      permissions: [],
      networkAccess: { allowedDomains: ['*'] },
    });
    // Figma asks for the reason where any domain is allowed.
    expect(manifest.networkAccess.reasoning.length).toBeGreaterThan(20);
  });

  it('[FIG27] has the commands that main knows, and the relaunch buttons among them', async () => {
    const { menu, relaunchButtons } = await manifestIn(new URL('manifest.json', ROOT));
    const commands = menu.flatMap(({ command }) => command ?? []);
    expect(commands.toSorted()).toEqual([...COMMANDS].toSorted());
    expect(menu.filter(({ separator }) => separator)).toHaveLength(1);
    expect(relaunchButtons.map(({ command }) => command)).toEqual(['resize', 'restore']);
    const parameters = menu.find(({ command }) => command === 'resize')?.parameters ?? [];
    expect(parameters.map(({ key }) => key)).toEqual(['mode', 'preset', 'scale']);
    expect(parameters.every(({ optional }) => optional)).toBe(true);
  });

  it('[FIG27] names the files that the build makes', async () => {
    const { main, ui } = await manifestIn(new URL('manifest.json', ROOT));
    expect([main, ui]).toEqual(['dist/plugin/main.js', 'dist/plugin/ui.html']);
    await buildPlugin({ outdir: folder });
    expect((await readdir(folder)).toSorted()).toEqual(['main.js', 'ui.html']);
  });

  it('[FIG28] a plugin for one server allows no other and knows its address', async () => {
    const server = 'https://panorama.example.com';
    await buildPlugin({ outdir: folder, server });
    const manifest = await manifestIn(join(folder, 'manifest.json'));
    expect(manifest).toMatchObject({ main: 'main.js', ui: 'ui.html', menu: expect.any(Array) as unknown });
    expect(manifest.networkAccess.allowedDomains).toEqual([server]);
    expect(await readFile(join(folder, 'ui.html'), 'utf8')).toContain(server);
  });

  it('[FIG28] an address that Figma cannot reach is refused in one line', () => {
    expect(originOf('https://panorama.example.com/')).toBe('https://panorama.example.com');
    expect(originOf('http://localhost:8787')).toBe('http://localhost:8787');
    for (const wrong of [
      'panorama.example.com',
      'http://panorama.example.com',
      'https://a.b/c',
      'ftp://a.b',
      '',
    ]) {
      expect(() => originOf(wrong)).toThrow(/^--server: expected an address such as .+, got .*$/);
    }
  });
});
