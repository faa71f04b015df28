import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../server/config.ts';

const ROOT = new URL('../', import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, ROOT));
const text = (name: string): Promise<string> => readFile(path(name), 'utf8');

const DOCKERFILES = ['deploy/Dockerfile', 'deploy/Dockerfile.gpu'];

/** Beside a worker's DRAIN_SECONDS, before a server that stops ends itself. */
const STOP_SECONDS = 15;

/** Read by the client of the store, not by the server. */
const OF_THE_STORE = ['S3_ENDPOINT', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** What the server's help names, and what the store's client reads. */
function settings(): Set<string> {
  const machine = { env: {}, platform: 'linux', home: '/', hostname: 'host', memoryBytes: 1, folder: '/' };
  const help = readConfig(['--help'], machine as Parameters<typeof readConfig>[1]);
  if (help.name !== 'help') throw new Error('expected the help');
  const names = [...help.text.matchAll(/^ {2}--[\w-]+ +([A-Z_]+) /gm)].map(([, name = '']) => name);
  expect(names).toContain('ALLOWED_HOSTS');
  return new Set([...names, ...OF_THE_STORE]);
}

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly memory?: string } } };
}

async function services(): Promise<Record<string, Service>> {
  const compose = parse(await text('compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  return compose.services;
}

async function service(name: string): Promise<Service> {
  const found = (await services())[name];
  if (!found) throw new Error(`compose.yaml: expected a service ${name}, got none`);
  return found;
}

/** Lines `NAME=value` of an environment file. */
async function variables(name: string): Promise<Map<string, string>> {
  const lines = (await text(name)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, key = '', value = ''] = /^([A-Z_0-9]+)=(.*)$/.exec(line) ?? [];
      expect(key, line).not.toBe('');
      return [key, value];
    }),
  );
}

/** An instruction's arguments, continued lines joined. */
async function instructions(file: string, name: string): Promise<string[]> {
  const joined = (await text(file)).replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return [...joined.matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map(([, rest = '']) => rest);
}

describe('compose.yaml', () => {
  it('[DEPLOY1] is what the schema of Compose and its linter ask for', () => {
    const linter = new DCLinter({
      // Orders by which nothing is easier to read.
      rules: { 'service-keys-order': 0, 'top-level-properties-order': 0 },
      quiet: false,
      debug: false,
      exclude: [],
    });
    const results = linter.lintFiles([path('compose.yaml')], false);
    expect(results).toHaveLength(1);
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
  });

  it('[DEPLOY2] gives servers only settings that there are', async () => {
    const known = settings();
    for (const name of ['api', 'worker']) {
      const { environment = {} } = await service(name);
      expect(Object.keys(environment).filter((setting) => !known.has(setting))).toEqual([]);
    }
  });

  it('[DEPLOY2] asks only for variables that the example has, and each of those is used', async () => {
    const asked = [...(await text('compose.yaml')).matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    expect([...new Set(asked)].toSorted()).toEqual(
      [...(await variables('deploy/example.env')).keys()].toSorted(),
    );
  });

  it('[DEPLOY3] pins every image, and the two programs are one', async () => {
    for (const [name, { image = '' }] of Object.entries(await services())) {
      expect(image, name).toMatch(/:(RELEASE\.[\dTZ-]+|\d+\.\d+(\.\d+)?(-[\w.]+)?|local)$/);
    }
    const [api, worker] = [await service('api'), await service('worker')];
    expect(worker.image).toBe(api.image);
    expect(existsSync(path(api.build?.dockerfile ?? 'none'))).toBe(true);
  });

  it('[DEPLOY3] opens no port to the network but those of HTTPS', async () => {
    const open = Object.entries(await services()).flatMap(([name, { ports = [], profiles = [] }]) =>
      ports
        .filter((port) => !port.startsWith('127.0.0.1:'))
        .map((port) => [name, port, ...profiles].join(' ')),
    );
    expect(open).toEqual(['caddy 0.0.0.0:80:80 https', 'caddy 0.0.0.0:443:443 https']);
  });

  it('[DEPLOY4] waits for servers that stop, and longer for jobs that are given time', async () => {
    for (const name of ['api', 'worker']) {
      const { stop_grace_period = '', environment } = await service(name);
      const drain = Number(environment?.DRAIN_SECONDS ?? 0);
      expect(Number(/^(\d+)s$/.exec(stop_grace_period)?.[1])).toBeGreaterThan(drain + STOP_SECONDS);
    }
  });

  it('[DEPLOY4] restarts what fails, knows what is healthy and limits what each may take', async () => {
    for (const [name, { restart, healthcheck, deploy }] of Object.entries(await services())) {
      expect(restart, name).toMatch(name === 'bucket' ? /^on-failure:\d+$/ : /^unless-stopped$/);
      expect(deploy?.resources?.limits?.memory, name).toBeDefined();
      if (name !== 'bucket') expect(healthcheck?.test[0], name).toBe('CMD');
    }
  });
});

describe.each(DOCKERFILES)('%s', (file) => {
  it('[DEPLOY1] has no fault that a linter finds', async () => {
    expect(validate(await text(file)).map(({ range, message }) => [range.start.line + 1, message])).toEqual(
      [],
    );
  });

  it('[DEPLOY3] copies what is there and not ignored', async () => {
    const kept = (await text('.dockerignore')).split('\n').filter((line) => line.startsWith('!'));
    const copied = (await instructions(file, 'COPY')).filter((rest) => !rest.startsWith('--from='));
    const sources = copied.flatMap((rest) => rest.split(/ +/).slice(0, -1));
    expect(sources).toContain('server');
    for (const source of sources) {
      expect(existsSync(path(source)), source).toBe(true);
      expect(kept).toContain(`!${source}`);
    }
  });

  it('[DEPLOY3] pins what it is built from, and runs as somebody without rights', async () => {
    for (const image of await instructions(file, 'FROM')) expect(image).toMatch(/^[\w/]+:\d+\.\d+\.\d+-\S+/);
    const users = await instructions(file, 'USER');
    expect(users).toHaveLength(1);
    expect(users[0]).not.toMatch(/^(root|0)\b/);
  });

  it('[DEPLOY4] runs Node itself, which gets the signals, and asks whether it is ready', async () => {
    expect((await instructions(file, 'CMD')).at(-1)).toBe('["node", "dist/server/main.js"]');
    expect((await instructions(file, 'HEALTHCHECK')).join()).toContain('["node", "ready.mjs"]');
  });
});

describe('what else is deployed', () => {
  it('[DEPLOY5] no file holds a secret', async () => {
    const example = await variables('deploy/example.env');
    for (const name of ['TOKEN', 'POSTGRES_PASSWORD', 'AWS_SECRET_ACCESS_KEY', 'WEBHOOK_SECRET'])
      expect(example.get(name), name).toBe('');
    expect(await text('.gitignore')).toMatch(/^\.env$/m);
    expect(await text('.dockerignore')).toMatch(/^\*$/m);
    const compose = await text('compose.yaml');
    for (const [, name = '', value = ''] of compose.matchAll(/^ +(\w*(?:TOKEN|PASSWORD|SECRET\w*)): (.*)$/gm))
      expect(value, name).toMatch(/^\$\{/);
  });

  it('[DEPLOY2] the unit starts the built program with settings that there are', async () => {
    const unit = await text('deploy/panorama-converter@.service');
    const names = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name = '']) => name);
    const known = settings();
    expect(names.filter((name) => name !== 'NODE_ENV' && !known.has(name))).toEqual([]);
    expect(unit).toMatch(/^ExecStart=.*\/dist\/server\/main\.js$/m);
  });

  it('[DEPLOY4] the unit tells the server alone to stop, and waits for it', async () => {
    const unit = await text('deploy/panorama-converter@.service');
    expect(unit).toMatch(/^KillMode=mixed$/m);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(20 + STOP_SECONDS);
  });

  it('[DEPLOY6] HTTPS passes events on at once, and all that the server takes', async () => {
    const caddyfile = await text('deploy/Caddyfile');
    expect(caddyfile.match(/\{/g)).toHaveLength(caddyfile.match(/\}/g)?.length ?? 0);
    expect(caddyfile).toMatch(/^\t\tflush_interval -1$/m);
    expect(Number(/max_size (\d+)MiB/.exec(caddyfile)?.[1])).toBeGreaterThan(64);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('[DEPLOY6] a health check of %i ends with %i', async (status, expected) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      expect(await checkHealth(port)).toBe(expected);
      expect(asked).toEqual(['/readyz']);
    } finally {
      server.close();
    }
  });
});

/** The status with which the health check ends. */
function checkHealth(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const env = { ...process.env, PORT: String(port) };
    const child = execFile(process.execPath, [path('deploy/ready.mjs')], { env });
    child.on('close', (code) => resolve(code));
  });
}
