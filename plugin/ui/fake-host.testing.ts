/** A host in memory. */
import type { Size } from '../../shared/geometry.ts';
import type { Host, HostEvent } from './host.ts';
import { FakeApi } from './fake-api.testing.ts';

export class FakeHost implements Host {
  kind: Host['kind'] = 'web';
  server: string | null = 'http://fake';
  languages: readonly string[] = ['en'];
  start: { token: string | null; id: string | null } = { token: 'a-token', id: null };
  readonly fake: FakeApi;
  /** What is kept; given to another host, it is what a reload finds. */
  readonly kept: Map<string, unknown>;
  readonly saved: { name: string; picture: Blob }[] = [];
  readonly addresses: { url: string; token: string }[] = [];
  opened: string | null = null;
  size: Size | null = { width: 1600, height: 1200 };
  #listeners = new Set<(event: HostEvent) => void>();

  constructor(fake = new FakeApi(), kept = new Map<string, unknown>()) {
    this.fake = fake;
    this.kept = kept;
  }

  readonly storage = {
    get: (key: string) => Promise.resolve(this.kept.get(key)),
    set: (key: string, value: unknown) => {
      if (value === undefined) this.kept.delete(key);
      else this.kept.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };

  api(address: { url: string; token: string }): FakeApi {
    this.addresses.push(address);
    return this.fake;
  }

  measure(): Promise<Size | null> {
    return Promise.resolve(this.size);
  }

  setOpened(id: string | null): void {
    this.opened = id;
  }

  savePicture(picture: Blob, name: string): Promise<void> {
    this.saved.push({ picture, name });
    return Promise.resolve();
  }

  onEvent(listener: (event: HostEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: HostEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** A file that begins like a PNG. */
export function pngFile(bytes = 64): Blob {
  const data = new Uint8Array(bytes);
  data.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Blob([data], { type: 'image/png' });
}
