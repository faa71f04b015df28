/** A server in the test's own process, on a folder of its own; its jobs run in processes as always. */
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { expect, inject } from 'vitest';
import { hasEnded, panoramaSchema, type Panorama } from '../shared/protocol.ts';
import type { PanoramaRequestInput } from '../shared/request.ts';
import { encodePicture } from './images/encode.ts';
import type { Picture } from './images/picture.ts';
import { readConfig, type Config } from './config.ts';
import { processLives } from './disk/process-lives.ts';
import { serve } from './serve.ts';

export const PROGRAMS = new URL('../dist/server/', import.meta.url);
export const TOKEN = 'a-token-that-only-tests-have';

export interface TestServer {
  readonly url: string;
  readonly folder: string;
  /** What was logged so far. */
  readonly log: Record<string, unknown>[];
  call(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
  /** Closes it and starts another on the same folder. */
  restart(): Promise<TestServer>;
}

/** Settings that a test changes. */
export type Changes = Partial<Config>;

export async function startServer(changes: Changes = {}, folder?: string): Promise<TestServer> {
  const data = folder ?? (await newDataFolder());
  const command = readConfig(['--host', '127.0.0.1', '--port', '0', '--data-dir', data, '--token', TOKEN], {
    env: {},
    platform: process.platform,
    home: data,
    hostname: 'test-machine',
    memoryBytes: 8 * 2 ** 30,
    folder: data,
  });
  if (command.name !== 'serve') throw new Error('expected settings to serve with');
  const log: Record<string, unknown>[] = [];
  const config = { ...command.config, RATE_LIMIT: 0, ...changes };
  const server = await serve(config, {
    version: '0.0.0-test',
    hostname: 'test-machine',
    log: pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line) as never) }),
    programs: PROGRAMS,
    pageFolder: fileURLToPath(new URL('../web/', PROGRAMS)),
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    folder: data,
    log,
    call: (path, init = {}) => {
      const headers = new Headers(init.headers);
      if (!headers.has('authorization')) headers.set('authorization', `Bearer ${TOKEN}`);
      return fetch(url + path, { ...init, headers });
    },
    close: () => server.close(),
    async restart() {
      await server.close();
      return startServer(changes, data);
    },
  };
}

/** A data folder with an empty database. */
export async function newDataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-server-'));
  await cp(inject('database'), join(folder, 'database'), { recursive: true });
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** A small photo with something to learn from; another `seed` gives another one. */
export async function smallPhoto(seed = 1, width = 64, height = 48): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sky = y < height * (0.4 + 0.1 * Math.sin((x / width) * 6 + seed));
      const texture = ((x * 7 + y * 13 + seed * 31) % 17) * 3 + ((x ^ y) & 8 ? 12 : 0);
      data.set(sky ? [120 + texture, 160, 220] : [60, 110 + texture, 50], (y * width + x) * 3);
    }
  }
  const picture: Picture = { width, height, data };
  return Uint8Array.from(await encodePicture(picture, 'png'));
}

export function formOf(photo: Uint8Array<ArrayBuffer>, request: unknown): FormData {
  const form = new FormData();
  form.set('request', typeof request === 'string' ? request : JSON.stringify(request));
  form.set('image', new Blob([photo]), 'photo.png');
  return form;
}

/** Puts a panorama and expects it to be taken. */
export async function put(
  server: TestServer,
  photo: Uint8Array<ArrayBuffer>,
  request: PanoramaRequestInput,
  id: string = randomUUID(),
): Promise<Panorama> {
  const response = await server.call(`/v1/panoramas/${id}`, { method: 'PUT', body: formOf(photo, request) });
  expect(response.status, await response.clone().text()).toBe(201);
  return panoramaSchema.parse(await response.json());
}

export async function get(server: TestServer, id: string): Promise<Panorama> {
  const response = await server.call(`/v1/panoramas/${id}`);
  expect(response.status).toBe(200);
  return panoramaSchema.parse(await response.json());
}

/** Polls until a panorama is as wanted. */
export async function until(
  server: TestServer,
  id: string,
  wanted: (panorama: Panorama) => boolean,
  timeoutMs = 240_000,
): Promise<Panorama> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const panorama = await get(server, id);
    if (wanted(panorama)) return panorama;
    if (hasEnded(panorama.status))
      throw new Error(`ended before: ${JSON.stringify(panorama.error ?? panorama.status)}`);
    if (Date.now() > deadline)
      throw new Error(`not in time: ${JSON.stringify({ ...panorama, preview: null })}`);
    await pause(50);
  }
}

export const ended = (panorama: Panorama): boolean => hasEnded(panorama.status);

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An error answer's status and code. */
export async function refusal(
  response: Response,
): Promise<{ status: number; code: string; message: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.message).not.toMatch(/\n|node_modules| at .*\.ts/);
  return { status: response.status, code: error.code, message: error.message };
}

/** The processes of jobs that were started and live. */
export function livingJobs(server: TestServer): number[] {
  return server.log
    .filter(({ msg }) => msg === 'started')
    .map(({ pid }) => Number(pid))
    .filter(processLives);
}
