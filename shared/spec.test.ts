import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const FOLDERS = ['shared', 'server', 'plugin', 'deploy']
  .map((name) => join(ROOT, name))
  .filter((path) => existsSync(path));
const RULE = /\[([A-Z]+\d+)\]/g;

/** The rules named in strings of test files. */
async function cited(): Promise<Set<string>> {
  const lists = FOLDERS.map(async (folder) =>
    (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
  );
  const tests = (await Promise.all(lists)).flat().filter((path) => /\.test\.tsx?$/.test(path));
  const texts = await Promise.all(tests.map((path) => readFile(path, 'utf8')));
  const strings = texts.flatMap((text) => text.match(/(['"`])\[[A-Z]+\d+\].*?\1/g) ?? []);
  return new Set(strings.flatMap((string) => [...string.matchAll(RULE)].map(([, id = '']) => id)));
}

describe('SPEC.md', () => {
  it('has every rule cited by a test, and every citation is a rule', async () => {
    const spec = await readFile(new URL('SPEC.md', import.meta.url), 'utf8');
    const rules = [...spec.matchAll(/^- \*\*\[([A-Z]+\d+)\]\*\*/gm)].map(([, id = '']) => id);
    expect(rules.length).toBeGreaterThan(50);
    expect(new Set(rules).size).toBe(rules.length);
    expect([...(await cited())].toSorted()).toEqual(rules.toSorted());
  });
});
