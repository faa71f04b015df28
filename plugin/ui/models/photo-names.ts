/** What the user calls the photos of panoramas: the server is not told, and file names are made from it. */
import type { HostStorage } from '../host.ts';
import { readSetting, writeSetting } from '../settings.ts';

/** So many are remembered. */
const MOST = 200;

export class PhotoNames {
  readonly #storage: HostStorage;
  #names = new Map<string, string>();

  constructor(storage: HostStorage) {
    this.#storage = storage;
  }

  async start(): Promise<void> {
    this.#names = new Map([...(await readSetting(this.#storage, 'names')), ...this.#names]);
  }

  get(id: string): string | null {
    return this.#names.get(id) ?? null;
  }

  set(id: string, name: string): void {
    if (name === '') return;
    this.#names.set(id, name);
    void writeSetting(this.#storage, 'names', [...this.#names].slice(-MOST));
  }
}
